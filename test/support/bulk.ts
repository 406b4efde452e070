import {
  type CallOptions,
  createIssuer,
  type IssuedToken,
  type ProviderId,
  type TokenIssuer,
} from '../../src/index.js';
import { createFakeProviders, type FakeProviders } from '../../src/testing/index.js';
import { subjects } from './subjects/index.js';

/** Any issuer's options at once: a test that runs for all providers says itself which fit. */
export type AnyBulkOptions = CallOptions & {
  readonly concurrency?: number;
  readonly batchSize?: number;
  readonly onUnexpectedUser?: (userId: string) => void;
};

/** A client of a provider over fakes of its own. */
export function createBulkSubject(provider: ProviderId, options: object = {}) {
  const fakes: FakeProviders = createFakeProviders();
  const issuer = createIssuer(provider, {
    ...subjects[provider].options,
    fetch: fakes.fetch,
    ...subjects[provider].target,
    ...options,
  }) as TokenIssuer<IssuedToken, AnyBulkOptions>;
  return { fakes, fake: fakes[provider], issuer };
}

/** The id of a made-up user, in the form that the provider wants. */
export function userIdOf(provider: ProviderId, number: number): string {
  return subjects[provider].userId(number);
}
