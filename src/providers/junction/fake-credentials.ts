import type { FakeClock } from '../../fakes/clock.js';
import { readBearer } from '../../fakes/request.js';

/** How long a Team API Access Token lives. */
const accessTokenLifetimeMilliseconds = 10 * 60 * 1000;

/** Reads the credentials of requests: the key of a team, or an access token that stands for that key. */
export function createCredentials(clock: FakeClock) {
  const accessTokens = new Map<string, { readonly key: string; readonly expiresAt: number }>();

  /** The key of a request; `undefined` if it has no valid credential, or both kinds. */
  function readKey(headers: Headers): string | undefined {
    const key = headers.get('x-vital-api-key') ?? undefined;
    const bearer = readBearer(headers);
    if (bearer === undefined) return key;
    if (key !== undefined) return undefined;
    const access = accessTokens.get(bearer);
    return access !== undefined && clock.now() < access.expiresAt ? access.key : undefined;
  }

  function acceptAccessToken(token: string, key: string): void {
    if (typeof token !== 'string' || typeof key !== 'string' || token === '' || key === '') {
      throw new TypeError('An access token and the key of its team must be non-empty strings.');
    }
    accessTokens.set(token, { key, expiresAt: clock.now() + accessTokenLifetimeMilliseconds });
  }

  return {
    readKey,
    acceptAccessToken,
    reset: () => {
      accessTokens.clear();
    },
  };
}
