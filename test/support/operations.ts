import type { ProviderId } from '../../src/index.js';
import { subjects } from './subjects/index.js';
import type { OperationUnderTest } from './subjects/subject.js';

export type { OperationUnderTest } from './subjects/subject.js';

const all = Object.values(subjects);

function ofEach<T>(read: (subject: (typeof all)[number]) => T): Readonly<Record<ProviderId, T>> {
  return Object.fromEntries(all.map((subject) => [subject.provider, read(subject)])) as Record<ProviderId, T>;
}

export const keys = ofEach(({ key }) => key);

/** The single call that every provider has. */
export const issueOperations = ofEach(({ operations: [issueToken] }) => issueToken);

/** Every operation of every provider, the single calls first. */
export const operations: readonly OperationUnderTest[] = [
  ...Object.values(issueOperations),
  ...all.flatMap(({ operations: [, ...others] }) => others),
];
