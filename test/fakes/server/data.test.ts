import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createClerk, createSfox } from '../../../src/index.js';
import { type FakeServer, type FakeServerOptions, startFakeServer } from '../../../src/testing/server/index.js';
import { failureOf } from '../../support/failures.js';
import { keys } from '../../support/operations.js';

/** Starts a server for one check. */
async function withServer(options: FakeServerOptions, check: (server: FakeServer) => Promise<void>): Promise<void> {
  const server = await startFakeServer(options);
  try {
    await check(server);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

const clerkOf = (server: FakeServer, apiKey = keys.clerk) =>
  createClerk({ apiKey, baseUrl: server.baseUrls.clerk, retry: 0 });

const data = {
  users: { clerk: ['user_1', 'user_2'] },
  keys: { clerk: [{ key: keys.clerk, environment: 'development' }], sfox: [keys.sfox] },
  organizations: { clerk: { org_1: ['user_1'] } },
  limits: { sfox: { requests: 1, perSeconds: 10, penaltySeconds: 60 } },
};

it('begins with the data, and returns to it', async () => {
  await withServer({ data }, async (server) => {
    for (let round = 0; round < 2; round += 1) {
      const clerk = clerkOf(server);
      await clerk.issueToken('user_1', { orgId: 'org_1' });
      expect(await failureOf(clerk.issueToken('user_2', { orgId: 'org_1' }))).toMatchObject({ status: 403 });
      expect(await failureOf(clerk.issueToken('user_3'))).toMatchObject({ code: 'not_found' });
      expect(await failureOf(clerkOf(server, 'sk_test_other').issueToken('user_1'))).toMatchObject({ status: 401 });
      const sfox = createSfox({ apiKey: keys.sfox, baseUrl: server.baseUrls.sfox, retry: 0 });
      await sfox.issueToken('anybody');
      expect(await failureOf(sfox.issueToken('anybody'))).toMatchObject({ code: 'rate_limited' });

      server.fakes.clerk.addUser('user_3');
      server.fakes.clerk.acceptKey('sk_test_other');
      const reset = await fetch(`${server.url}/_fakes/reset`, { method: 'POST' });
      expect(reset.status).toBe(204);
    }
  });
});

it('takes any member of an organization while no users are named', async () => {
  await withServer({ data: { organizations: { clerk: { org_1: ['anybody'] } } } }, async (server) => {
    await clerkOf(server).issueToken('anybody', { orgId: 'org_1' });
    expect(await failureOf(clerkOf(server).issueToken('other', { orgId: 'org_1' }))).toMatchObject({ status: 403 });
  });
});

it('issues the same tokens for the same randomSeed', async () => {
  const tokens: string[] = [];
  for (const randomSeed of [7, 7, 8]) {
    await withServer({ randomSeed }, async (server) => {
      tokens.push((await clerkOf(server).issueToken('user_1')).token);
    });
  }
  expect(tokens[1]).toBe(tokens[0]);
  expect(tokens[2]).not.toBe(tokens[0]);
});

it('knows everybody, or nobody who was not named', async () => {
  await withServer({}, async (server) => {
    await clerkOf(server).issueToken('anybody');
  });
  await withServer({ unknown: 'refuse', data: { users: { clerk: ['user_1'] } } }, async (server) => {
    await clerkOf(server).issueToken('user_1');
    const sfox = createSfox({ apiKey: keys.sfox, baseUrl: server.baseUrls.sfox });
    expect(await failureOf(sfox.issueToken('anybody'))).toMatchObject({ code: 'not_found' });
    server.fakes.sfox.addUser('anybody');
    await sfox.issueToken('anybody');
  });
});

describe('names the field that is wrong:', () => {
  it.each<[unknown, string]>([
    [[], 'The data must be an object'],
    ['users', 'The data must be an object'],
    [{ user: {} }, 'unknown field `user`'],
    [{ users: [] }, '`users` must be an object with the fields junction, sfox, clerk'],
    [{ users: { clark: [] } }, 'unknown field `clark`'],
    [{ users: { clerk: 'user_1' } }, '`users.clerk` must be a list'],
    [{ users: { clerk: ['user_1', 7] } }, '`users.clerk[1]` must be a non-empty string'],
    [{ users: { junction: ['alice'] } }, "The user ids of Junction are UUIDs, and 'alice' is none."],
    [{ keys: { sfox: [''] } }, '`keys.sfox[0]` must be a non-empty string'],
    [{ keys: { sfox: [{ environment: 'sandbox' }] } }, '`keys.sfox[0].key` must be a non-empty string'],
    [
      { keys: { sfox: [{ key: 'made-up', env: 'sandbox' }] } },
      '`keys.sfox[0]` has the unknown field `env`. Known fields: key, environment.',
    ],
    [
      { keys: { sfox: [{ key: 'made-up', environment: 'staging' }] } },
      '`keys.sfox[0]` is wrong. The environment must be one of',
    ],
    [{ keys: { clerk: ['made-up', { key: 'sk_live_x', environment: 'development' }] } }, '`keys.clerk[1]` is wrong.'],
    [{ organizations: { sfox: {} } }, 'unknown field `sfox`'],
    [{ organizations: { clerk: { org_1: 'user_1' } } }, '`organizations.clerk.org_1` must be a list'],
    [
      { users: { clerk: ['user_1'] }, organizations: { clerk: { org_1: ['user_1', 'user_9'] } } },
      '`organizations.clerk.org_1[1]` must be one of the users in `users.clerk`',
    ],
    [{ organizations: { clerk: { org_1: [7] } } }, '`organizations.clerk.org_1[0]` must be a non-empty string'],
    [{ users: null }, '`users` must be an object'],
    [{ limits: { clerk: 5 } }, '`limits.clerk` must be an object'],
    [{ limits: { clerk: { requests: 1 } } }, '`limits.clerk` is wrong. `perSeconds` of a limit must be'],
  ])('%j', async (wrong, words) => {
    const error = await startFakeServer({ data: wrong as never }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(words);
  });

  it.each([
    [{ prot: 1 }, 'prot'],
    [{ unknown: 'ignore' }, '`unknown`'],
    [{ keep: 0 }, '`keep`'],
    // Node.js would take it as the path of a socket.
    [{ port: 'no-port' }, '`port`'],
    [{ port: -1 }, '`port`'],
    [{ port: 65_536 }, '`port`'],
    [{ host: '' }, '`host`'],
    [{ onRequest: 'line' }, '`onRequest`'],
    [{ now: 5 }, '`now`'],
  ])('%j', async (options, words) => {
    const error = await startFakeServer(options as object).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(words);
  });
});

it('says what to do if the port is taken', async () => {
  await withServer({}, async (server) => {
    const port = Number(new URL(server.url).port);
    await expect(startFakeServer({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `Cannot serve on port ${String(port)} of 127.0.0.1 (EADDRINUSE). Pass another \`port\`, or 0 for a free one.`,
    });
  });
  await expect(startFakeServer({ host: '203.0.113.1' })).rejects.toThrow('Pass an address of this machine as `host`');
});

const hasIpv6 = Object.values(networkInterfaces()).some((all = []) => all.some(({ address }) => address === '::1'));
it.each(['::', '::1'])('can be reached on loopback when it listens on %s, if this machine has IPv6', async (host) => {
  const serving = withServer({ host }, async ({ url }) => {
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${url}/_fakes/health`)).status).toBe(200);
  });
  await (hasIpv6 ? expect(serving).resolves.toBeUndefined() : expect(serving).rejects.toThrow());
});

it('can be reached wherever it listens everywhere, and closed twice', async () => {
  const server = await startFakeServer({ host: '0.0.0.0', randomSeed: 7 });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect((await clerkOf(server).issueToken('user_1')).token).toBe(server.fakes.clerk.tokens[0]?.token);
  await server.close();
  await server.close();
});
