// What must hold in every runtime, in plain JavaScript: no framework runs in all of them, and nothing here is of Node.js.

/** A problem with a check, in words that may be printed. */
class Problem extends Error {}

function equal(actual, expected, what) {
  if (actual !== expected) throw new Problem(`${what} is ${String(actual)}, not ${String(expected)}`);
}

async function failureOf(promise, what) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Problem(`${what} did not fail`);
}

/** Options with which a client of a provider works; a provider that is missing here fails every check. */
function optionsOf(provider) {
  const apiKey = keys[provider];
  if (apiKey === undefined) throw new Problem(`There is no key of ${provider}`);
  return provider === 'sfox' ? { apiKey, environment: 'sandbox' } : { apiKey };
}

const keys = { junction: 'sk_eu_made-up-junction', sfox: 'made-up-sfox', clerk: 'sk_test_made-up-clerk' };
const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

/** What needs no network: it runs against the fakes in the same process. */
export const offlineChecks = {
  async 'issues, fakes'({ core, testing }) {
    const { fetch } = testing.createFakeProviders();
    for (const provider of core.providerIds) {
      const issuer = core.createIssuer(provider, { ...optionsOf(provider), fetch });
      const token = await issuer.issueToken(userId);
      equal(token.provider, provider, 'provider');
      equal(token.userId, userId, 'userId');
      equal(token.token.length > 10, true, 'that there is a token');
    }
  },
  async 'issues, fakes made beforehand'({ core, testing, fakes = testing.createFakeProviders() }) {
    const clerk = core.createClerk({ apiKey: keys.clerk, fetch: fakes.fetch });
    const { token } = await clerk.issueToken('user_1');
    equal(fakes.clerk.consume(token).status, 'accepted', 'status');
  },
  async 'bulk, fakes'({ core, testing }) {
    const { fetch } = testing.createFakeProviders();
    const sfox = core.createSfox({ apiKey: keys.sfox, environment: 'sandbox', fetch });
    const outcomes = await sfox.issueTokens(Array.from({ length: 250 }, (_, index) => `user-${index}`));
    equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 250, 'the number of tokens');
  },
  async repeats({ core, testing }) {
    const fakes = testing.createFakeProviders();
    const clerk = core.createClerk({ apiKey: keys.clerk, fetch: fakes.fetch });
    fakes.clerk.failNext({ status: 503, retryAfter: 0 });
    equal((await clerk.issueToken('user_1')).status, 'pending', 'status');
    equal(fakes.clerk.calls.length, 2, 'the number of requests');
  },
  async endpoint({ core, testing, endpoint }) {
    const { fetch } = testing.createFakeProviders();
    const issuer = core.createClerk({ apiKey: keys.clerk, fetch });
    const answer = endpoint.createTokenEndpoint({ issuer, authorize: () => 'user_1' });
    const response = await answer(new Request('https://my-app.invalid/token', { method: 'POST' }));
    equal(response.status, 200, 'status');
    equal(response.headers.get('cache-control'), 'no-store', 'Cache-Control');
    equal((await response.json()).userId, 'user_1', 'userId');
  },
  async 'shows no secret'({ core, testing }) {
    const { fetch } = testing.createFakeProviders();
    const clerk = core.createClerk({ apiKey: keys.clerk, fetch });
    const token = await clerk.issueToken('user_1');
    equal(String(token).includes(token.token), false, 'that text shows the token');
    equal(JSON.stringify(clerk).includes(keys.clerk), false, 'that JSON shows the key');
    const error = await failureOf(clerk.issueToken('..'), 'a dot segment');
    equal(error.code, 'invalid_user_id', 'code');
    equal(`${error} ${error.stack}`.includes(keys.clerk), false, 'that the error shows the key');
  },
  async aborts({ core, testing }) {
    const fakes = testing.createFakeProviders();
    const clerk = core.createClerk({ apiKey: keys.clerk, fetch: fakes.fetch });
    fakes.clerk.failWith({ delay: 10_000 });
    const controller = new AbortController();
    const reason = { why: 'the user went away' };
    const failure = failureOf(clerk.issueToken('user_1', { signal: controller.signal }), 'an aborted call');
    controller.abort(reason);
    equal(await failure, reason, 'what the call ended with');
  },
};

/** What goes over the network: to the served fakes, and to a server that does what none should. */
export const onlineChecks = {
  async issues({ core, places }) {
    for (const provider of core.providerIds) {
      const issuer = core.createIssuer(provider, { apiKey: keys[provider], baseUrl: places[provider] });
      equal((await issuer.issueToken(userId)).userId, userId, 'userId');
    }
  },
  async revokes({ core, places }) {
    const clerk = core.createClerk({ apiKey: keys.clerk, baseUrl: places.clerk });
    const { id } = await clerk.issueToken('user_1');
    equal((await clerk.revokeToken(id)).status, 'revoked', 'status');
    const error = await failureOf(clerk.revokeToken(id), 'a second revocation');
    equal(error.code, 'token_not_pending', 'code');
    equal(
      core.isTokenwrightError(error) && error instanceof core.TokenNotPendingError,
      true,
      'that the class is known',
    );
  },
  async bulk({ core, places }) {
    const junction = core.createJunction({ apiKey: keys.junction, baseUrl: places.junction });
    const outcomes = await junction.issueTokens(Array.from({ length: 40 }, () => userId));
    equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 40, 'the number of tokens');
  },
  async 'typed errors'({ core, places }) {
    const clerk = core.createClerk({ apiKey: 'not-a-key-of-clerks', baseUrl: places.clerk });
    const error = await failureOf(clerk.issueToken('user_1'), 'a wrong key');
    equal(error.code, 'unauthorized', 'code');
    equal(error.status, 401, 'status');
  },
  async 'no redirect'({ core, places }) {
    const junction = core.createJunction({ apiKey: keys.junction, baseUrl: `${places.hostile}/redirect` });
    const error = await failureOf(junction.issueToken(userId), 'a redirect');
    equal(error.code, 'unexpected_status', 'code');
    equal(await (await fetch(`${places.hostile}/stolen`)).text(), '0', 'the number of requests that followed it');
  },
  async deadline({ core, places }) {
    const junction = core.createJunction({ apiKey: keys.junction, baseUrl: `${places.hostile}/stall`, timeout: 300 });
    const start = Date.now();
    const error = await failureOf(junction.issueToken(userId), 'a body that never ends');
    equal(error.code, 'timeout', 'code');
    equal(Date.now() - start < 3_000, true, 'that it ended in time');
  },
  async 'nobody there'({ core, places }) {
    const junction = core.createJunction({ apiKey: keys.junction, baseUrl: places.nobody, retry: 0 });
    equal((await failureOf(junction.issueToken(userId), 'a closed port')).code, 'connection_failed', 'code');
  },
};

/** Runs the checks, and returns for each what is wrong, or `null`. */
export async function accept(checks, parts) {
  const results = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(parts);
      results[name] = null;
    } catch (error) {
      results[name] = error instanceof Problem ? error.message : `${String(error)} ${String(error?.stack)}`;
    }
  }
  return results;
}
