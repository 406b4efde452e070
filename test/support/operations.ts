import type { ProviderId } from '../../src/index.js';
import { providers } from '../../src/providers/index.js';
import { judged, subjects } from './subjects/index.js';
import type { OperationUnderTest } from './subjects/subject.js';

export type { OperationUnderTest } from './subjects/subject.js';

const all = Object.values(subjects);

/** One fact of every subject, by provider. */
export function ofEach<T>(read: (subject: (typeof all)[number]) => T): Readonly<Record<ProviderId, T>> {
  return Object.fromEntries(all.map((subject) => [subject.provider, read(subject)])) as Record<ProviderId, T>;
}

export const keys = ofEach(({ key }) => key);

/** All of a provider's credentials that must not show, as the tests have them. */
export function secretsOf(provider: ProviderId): string[] {
  const options = subjects[provider].options as Readonly<Record<string, string | undefined>>;
  return Object.keys(providers[provider].profile.credentials).flatMap((name) => options[name] ?? []);
}

/** Options with which a client of a provider works; if a key is given, in the place of its main secret. */
export function optionsOf(provider: ProviderId, key?: unknown): object {
  const { options, keyOption } = subjects[provider];
  return key === undefined ? options : { ...options, [keyOption]: key };
}

/** The single call that every provider has. */
export const issueOperations = ofEach(({ operations: [issueToken] }) => issueToken);

/** The single call of each provider that the suites judge. */
export const judgedIssueOperations: readonly OperationUnderTest[] = judged.map((provider) => issueOperations[provider]);

/** Every operation of these providers, the single calls first. */
export const judgedOperations: readonly OperationUnderTest[] = [
  ...judgedIssueOperations,
  ...judged.flatMap((provider) => subjects[provider].operations.slice(1)),
];
