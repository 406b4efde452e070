import {
  type CallOptions,
  createIssuer,
  type IssuedToken,
  type ProviderId,
  type TokenIssuer,
} from '../../src/index.js';
import { createFakeProviders, type FakeProviders } from '../../src/testing/index.js';
import { keys } from './operations.js';

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
    apiKey: keys[provider],
    fetch: fakes.fetch,
    ...(provider === 'sfox' ? { environment: 'sandbox' } : {}),
    ...options,
  } as object) as TokenIssuer<IssuedToken, AnyBulkOptions>;
  return { fakes, fake: fakes[provider], issuer };
}

/** The id of a made-up user, in the form that the provider wants. */
export function userIdOf(provider: ProviderId, number: number): string {
  return provider === 'junction'
    ? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
    : `user_${String(number)}`;
}

/** The ids that a call to a fake was about. */
export function askedFor(path: string, body: unknown): string[] {
  if (typeof body === 'object' && body !== null) {
    if ('data' in body && Array.isArray(body.data)) return body.data as string[];
    if ('user_id' in body) return [String(body.user_id)];
  }
  const segment = /(?:user-tokens|user)\/([^/]+)/.exec(path)?.[1];
  return segment === undefined ? [] : [decodeURIComponent(segment)];
}
