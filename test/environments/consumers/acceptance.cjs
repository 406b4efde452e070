// What must hold in every test environment; CommonJS, since that is what all of them can load.
const { deepEqual, equal, match } = require('node:assert/strict');

const apiKey = 'sk_test_made-up-clerk';

async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

/** An answer without a body, as a `fetch` makes it that a project wrote for an environment without one. */
const bare = (status) => ({ status, headers: { get: () => null }, body: null, bodyUsed: false });

/** What needs nothing of the environment. */
const anywhere = {
  async 'a 404 by a fetch of your own'({ core }) {
    const clerk = core.createClerk({ apiKey, fetch: async () => bare(404) });
    const error = await failureOf(clerk.issueToken('user_1'));
    deepEqual([error.name, error.code, error.status], ['NotFoundError', 'not_found', 404]);
    equal(error instanceof core.NotFoundError, true);
    equal(core.isTokenwrightError(error), true);
  },
  async 'an id that cannot be sent'({ core }) {
    const clerk = core.createClerk({ apiKey, fetch: async () => bare(500) });
    equal((await failureOf(clerk.issueToken(''))).code, 'invalid_user_id');
  },
  async 'a failure stays what it was'({ core }) {
    const clerk = core.createClerk({ apiKey, fetch: async () => bare(500), retry: 1 });
    const error = await failureOf(clerk.issueToken('user_1'));
    deepEqual([error.name, error.status], ['ServerError', 500]);
  },
  async 'a bulk call'({ core }) {
    const clerk = core.createClerk({ apiKey, fetch: async () => bare(404) });
    const outcomes = await clerk.issueTokens(['user_1', 'user_2']);
    deepEqual(
      outcomes.map(({ reason }) => reason.code),
      ['not_found', 'not_found'],
    );
    const seen = [];
    for await (const { userId } of clerk.streamTokens(['user_1', 'user_2'])) {
      seen.push(userId);
      break;
    }
    equal(seen.length, 1);
  },
  async 'the fakes are made'({ testing }) {
    equal(typeof testing.createFakeProviders().fetch, 'function');
  },
};

/** What needs Response alone. */
const withResponse = {
  async 'a token by a fetch of your own'({ core }) {
    const now = Date.now();
    const times = { created_at: now, updated_at: now };
    const body = { id: 'sit_1', status: 'pending', user_id: 'user_1', token: 'made-up', ...times };
    const fetch = async () => new Response(JSON.stringify(body));
    equal((await core.createClerk({ apiKey, fetch }).issueToken('user_1')).token, 'made-up');
  },
};

/** What needs the fakes, and so Request and Response. */
const withFakes = {
  async 'a token'({ core, testing }) {
    const { clerk: fake, fetch } = testing.createFakeProviders();
    const { userId, token } = await core.createClerk({ apiKey, fetch }).issueToken('user_1');
    equal(userId, 'user_1');
    equal(fake.consume(token).status, 'accepted');
  },
  async 'a 404'({ core, testing }) {
    const { clerk: fake, fetch } = testing.createFakeProviders({ users: { clerk: [] } });
    const error = await failureOf(core.createClerk({ apiKey, fetch }).issueToken('user_1'));
    equal(error instanceof core.NotFoundError, true);
    match(error.message, /No user was found/);
    equal(fake.calls.length, 1);
  },
  async bulk({ core, testing }) {
    const { fetch } = testing.createFakeProviders();
    const sfox = core.createSfox({ apiKey: 'made-up', environment: 'sandbox', fetch });
    const outcomes = await sfox.issueTokens(Array.from({ length: 250 }, (_, index) => `user-${index}`));
    equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 250);
  },
};

/** What needs a Request that takes the signals of the environment. */
const withRequest = {
  async 'a repeated 500'({ core, testing }) {
    const { clerk: fake, fetch } = testing.createFakeProviders();
    fake.failNext({ status: 500, retryAfter: 0 });
    equal((await core.createClerk({ apiKey, fetch }).issueToken('user_1')).userId, 'user_1');
    equal(fake.calls.length, 2);
  },
};

const withoutFetch = {
  async 'no fetch'({ core }) {
    const error = await failureOf(core.createClerk({ apiKey }).issueToken('user_1'));
    deepEqual([error.name, error.code], ['ConfigurationError', 'invalid_option']);
    match(error.message, /this runtime has no `fetch`/);
  },
};

const withMsw = {
  async msw({ core, testing, msw }) {
    const fakes = testing.createFakeProviders();
    const server = msw.setupServer(...msw.createFakeHandlers(fakes));
    server.listen({ onUnhandledRequest: 'error' });
    try {
      equal((await core.createClerk({ apiKey }).issueToken('user_1')).userId, 'user_1');
      equal(fakes.clerk.calls.length, 1);
    } finally {
      server.close();
    }
  },
};

const groups = { anywhere, withResponse, withFakes, withRequest, withoutFetch, withMsw };

/** The checks of an environment, by its abilities. */
exports.checksOf = (names) => Object.assign({}, ...['anywhere', ...names].map((name) => groups[name]));

/** Runs them outside of a test framework, and prints what failed as JSON. */
exports.report = async (names, parts) => {
  const results = {};
  for (const [name, check] of Object.entries(exports.checksOf(names))) {
    results[name] = await check(parts).then(
      () => null,
      (error) => String(error?.stack ?? error),
    );
  }
  process.stdout.write(`${JSON.stringify(results)}\n`);
};
