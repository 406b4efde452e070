import { createClerk, createJunction, createSfox, isTokenwrightError } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';

const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const junction = createJunction({
  apiKey: 'sk_eu_made-up',
  fetch: () => Promise.resolve(Response.json({ user_id: userId, sign_in_token: 'made-up-junction-token' })),
});
console.log((await junction.issueToken(userId)).token);

const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch: async () => new Response(null, { status: 404 }) });
await clerk.issueToken('user_made_up').catch((error) => {
  console.log(error.code, error.provider, isTokenwrightError(error));
});

const sfox = createSfox({ apiKey: 'made-up', environment: 'sandbox', fetch: createFakeProviders().fetch });
const { provider, userId: user } = await sfox.issueToken('user-1');
console.log(provider, user);
