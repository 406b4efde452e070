import { createJunction } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { reconcile } from './reconcile.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

const [alice, bob] = ['6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa', '8d2f9f7e-0b8b-4c1d-9a43-2f60a4c7d001'];

/** The SDK on a device as Junction's guide describes it, a backend, and Junction's fake. */
function setUp(signedIn: { readonly user: string | undefined; readonly useApiKey?: boolean }, wanted: string) {
  const fakes = createFakeProviders();
  const junction = createJunction({ apiKey: 'sk_eu_made-up', fetch: fakes.fetch });
  let [user, useApiKey] = [signedIn.user, signedIn.useApiKey === true];
  const sdk = {
    status: () => Promise.resolve(useApiKey ? ['configured', 'signedIn', 'useApiKey'] : ['configured']),
    currentUserId: () => Promise.resolve(user ?? null),
    signIn: vi.fn((token: string) => {
      const { userId } = fakes.junction.consume(token);
      const isMigration = useApiKey && user?.toLowerCase() === userId;
      if (user !== undefined && !isMigration) throw new Error('Signed in already.');
      [user, useApiKey] = [userId, false];
      return Promise.resolve();
    }),
    signOut: vi.fn(() => {
      [user, useApiKey] = [undefined, false];
      return Promise.resolve();
    }),
  };
  vi.stubGlobal('VitalCore', sdk);
  vi.stubGlobal('fetchSignInToken', async () => (await junction.issueToken(wanted)).token);
  return { sdk, state: () => ({ user, useApiKey }) };
}

test.each([
  ['signs in if the app has a user and the SDK has none', { user: undefined }, alice, 1, 0],
  ['does nothing if both have the same user', { user: alice.toUpperCase() }, alice, 0, 0],
  ['changes the user', { user: bob }, alice, 1, 1],
  ['signs out if the app has no user', { user: bob }, undefined, 0, 1],
  ['does nothing if nobody is signed in', { user: undefined }, undefined, 0, 0],
  ['migrates from a key in the app without signing out', { user: alice.toUpperCase(), useApiKey: true }, alice, 1, 0],
])('%s', async (_, signedIn, wanted, signIns, signOuts) => {
  const { sdk, state } = setUp(signedIn, wanted ?? '');
  await reconcile(wanted);
  expect(state().user?.toLowerCase()).toBe(wanted);
  expect(state().useApiKey).toBe(false);
  expect(sdk.signIn).toHaveBeenCalledTimes(signIns);
  expect(sdk.signOut).toHaveBeenCalledTimes(signOuts);
});
