import { expect, it, vi } from 'vitest';
import { createIssuer } from '../../src/index.js';
import { providerIds } from '../../src/providers/create-issuer.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { keys, optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { raw, useFakes } from './ask.js';

const { fakes } = useFakes();

it.each(judged)('begins with the users it was given for %s, and returns to them', async (provider) => {
  const { target, userId } = subjects[provider];
  const [first, second] = [userId(1), userId(2)];
  const own = createFakeProviders({ users: { [provider]: [first] } });
  const issuer = createIssuer(provider, { ...optionsOf(provider), ...target, fetch: own.fetch });
  for (let round = 0; round < 2; round += 1) {
    await issuer.issueToken(first);
    expect(await failureOf(issuer.issueToken(second))).toMatchObject({ code: 'not_found' });
    own[provider].addUser(second);
    await issuer.issueToken(second);
    own.reset();
  }
});

it('knows nobody where the list is empty', async () => {
  const own = createFakeProviders({ users: { clerk: [] } });
  const clerk = createIssuer('clerk', { apiKey: keys.clerk, fetch: own.fetch });
  expect(await failureOf(clerk.issueToken('user_1'))).toMatchObject({ code: 'not_found' });
  own.clerk.addUser('user_1');
  await clerk.issueToken('user_1');
});

it.each([
  500,
  null,
  { staus: 503 },
  { fault: 'nope' },
  { status: 99 },
  { status: 199 },
  { status: 600 },
  { status: '503' },
  { delay: '5' },
  { delay: -1 },
  { delay: 2 ** 31 },
  { retryAfter: -1 },
  { retryAfter: 'a\nb' },
  { headers: { 'no name': 'x' } },
  { headers: { 'x-name': ['x'] } },
  { headers: 'x-name: x' },
])('refuses the failure %j', (failure) => {
  expect(() => {
    fakes.sfox.failNext(failure as object);
  }).toThrow(TypeError);
  expect(() => {
    fakes.sfox.failWith(failure as object);
  }).toThrow(TypeError);
});

it.each([null, 500, []])('says what a failure and its headers must be, to who passes %j', (wrong) => {
  const { failNext } = fakes.sfox;
  for (const failure of [wrong, { headers: wrong }]) {
    expect(() => {
      failNext(failure as object);
    }).toThrow('must be an object, such as {');
  }
});

it('takes the longest delay of a timer, a number as a header, and a date to retry after', async () => {
  const { url, headers } = raw.sfox;
  const retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
  fakes.sfox.failNext({ status: 503, headers: { 'x-number': 7 as never }, retryAfter });
  fakes.sfox.failNext({ delay: 2 ** 31 - 1 });
  const answer = await fakes.fetch(url, { method: 'POST', headers });
  expect(answer.headers.get('x-number')).toBe('7');
  expect(answer.headers.get('retry-after')).toBe(retryAfter);
});

it('answers the question of a browser first, and fails the request after it', async () => {
  const { url, headers } = raw.sfox;
  fakes.sfox.failNext({ status: 503 });
  expect((await fakes.fetch(url, { method: 'OPTIONS', headers })).status).not.toBe(503);
  expect((await fakes.fetch(url, { method: 'POST', headers })).status).toBe(503);
});

it('refuses limits and counts that would be none', () => {
  for (const times of [0, -1, 1.5, Number.NaN]) {
    expect(() => {
      fakes.sfox.failNext({ status: 500 }, times);
    }).toThrow('`times`');
  }
  for (const limit of [
    null,
    { requests: 1 },
    { seconds: 1 },
    { requests: -1, seconds: 1 },
    { requests: 1, seconds: 0 },
    { requests: 1, perSeconds: Infinity },
    { requests: 1, perSeconds: 1, penaltySeconds: -1 },
    { requests: 1, perSeconds: 1, penalty: 1 },
    { requests: 1, perSeconds: 1, scope: 'user' },
  ]) {
    expect(() => {
      fakes.sfox.limitRate(limit as never);
    }).toThrow(TypeError);
  }
  // Only sFOX has limits of endpoints.
  for (const scope of ['address', 'route'] as const) {
    expect(() => {
      fakes.clerk.limitRate({ requests: 1, perSeconds: 1, scope });
    }).toThrow("unknown field 'scope'");
  }
});

it.each([{ user: {} }, { users: { clark: [] } }])('refuses the options %j', (options) => {
  const [wrong] = Object.keys(options.users ?? options);
  const kind = options.users === undefined ? 'option' : 'provider';
  const known = kind === 'option' ? 'now, users, randomSeed, keep' : providerIds.join(', ');
  expect(() => createFakeProviders(options as object)).toThrow(
    new TypeError(`Unknown ${kind} '${String(wrong)}'. Known ${kind}s: ${known}.`),
  );
});

it.each(judged)('refuses users and keys of %s who are none', (provider) => {
  expect(() => createFakeProviders({ users: { [provider]: 'user_1' } })).toThrow(TypeError);
  for (const none of [undefined, '', 7]) {
    expect(() => {
      fakes[provider].addUser(none as never);
    }).toThrow(TypeError);
    expect(() => {
      fakes[provider].acceptKey(none as never);
    }).toThrow('A key must be a non-empty string.');
  }
});

it.each(judged)('accepts every key of %s again after a reset', async (provider) => {
  const { url, headers, body } = raw[provider];
  const init = { method: 'POST', headers, ...(body === undefined ? {} : { body }) };
  fakes[provider].acceptKey('made-up-other-key');
  const { status } = await fakes[provider].fetch(url, init);
  expect(status).toBe(subjects[provider].fake.refusedKey);
  fakes.reset();
  expect((await fakes[provider].fetch(url, init)).ok).toBe(true);
});

it('names no more than the beginning of an id, and no key in its place', () => {
  expect(() => {
    fakes.junction.addUser(keys.clerk);
  }).toThrow("'[redacted]'");
  expect(() => {
    fakes.junction.addUser(`no-uuid-${'é '.repeat(100)}`);
  }).toThrow(/^.{1,200}$/);
});

it('lets timers run between its answers', async () => {
  const due: true[] = [];
  setTimeout(() => due.push(true));
  const issuer = createIssuer('sfox', { apiKey: keys.sfox, environment: 'sandbox', fetch: fakes.fetch });
  for (let count = 0; count < 10_000 && due.length === 0; count += 1) await issuer.issueToken('user-1');
  expect(due).toHaveLength(1);
});

it("goes by the clock of the process, so that a framework's fake timers count", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
  try {
    const own = createFakeProviders();
    await own.fetch(raw.sfox.url, { method: 'POST', headers: raw.sfox.headers });
    expect(own.sfox.tokens[0]?.issuedAt.getTime()).toBe(1_800_000_000_000);
  } finally {
    vi.useRealTimers();
  }
});
