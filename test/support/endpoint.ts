import { createTokenEndpoint, type TokenEndpointOptions, type TokenEndpointRecord } from '../../src/endpoint/index.js';
import { createClerk } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { keys } from './operations.js';

export const place = 'https://my-app.example/token';

/** An endpoint for tokens of a fake Clerk, with a list of what an audit was told. */
export function prepareEndpoint<C = unknown>(options: Partial<TokenEndpointOptions<C>> = {}) {
  const { clerk: fake, fetch } = createFakeProviders();
  const records: TokenEndpointRecord[] = [];
  const issuer = createClerk({ apiKey: keys.clerk, fetch, retry: 0, expiresInSeconds: 60 });
  const endpoint = createTokenEndpoint<C>({
    issuer,
    authorize: () => ({ userId: 'user_1', caller: 'me' }),
    audit: (record) => void records.push(record),
    ...options,
  });
  return { endpoint, issuer, fake, records };
}

export function post(headers: Record<string, string> = {}, signal?: AbortSignal): Request {
  return new Request(place, { method: 'POST', headers, ...(signal === undefined ? {} : { signal }) });
}
