import { createClerk, createIssuer, type IssuedToken, isTokenwrightError, type TokenIssuer } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { createFakeProviders, type FakeProviders } from 'tokenwright/testing';

const issuer: TokenIssuer<IssuedToken> = createIssuer('junction', {
  apiKey: 'made-up',
  environment: 'sandbox',
  region: 'eu',
});
const token: IssuedToken = await issuer.issueToken('id', { signal: AbortSignal.timeout(5) });
if (token.provider === 'sfox') token.expiresAt.toISOString();
// @ts-expect-error -- nothing of another provider's is let through.
createClerk({ region: 'eu' });
try {
  await createClerk().revokeToken('id');
} catch (error) {
  if (isTokenwrightError(error) && error.code === 'rate_limited') error.retryAfter?.toFixed();
}

const fakes: FakeProviders = createFakeProviders({ now: () => new Date(), users: { clerk: ['user_1'] } });
createClerk({ apiKey: 'sk_test_made-up', fetch: fakes.fetch });
fakes.clerk.consume(fakes.clerk.tokens[0]?.token ?? '').expiresAt.getTime();

const endpoint: (request: Request) => Promise<Response> = createTokenEndpoint({
  issuer: createClerk({ expiresInSeconds: 60 }),
  authorize: (request) => request.headers.get('x-made-up'),
});
await endpoint(new Request('https://my-app.invalid', { method: 'POST' }));
