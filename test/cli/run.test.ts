import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { version } from '../../package.json';
import { providerIds } from '../../src/providers/create-issuer.js';
import { listOf } from '../../src/cli/command-line.js';
import { startDrain } from '../../src/cli/drain.js';
import { run } from '../../src/cli/run.js';
import { createCli, environment } from '../support/cli.js';
import { keys } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';

let cli: ReturnType<typeof createCli>;
beforeEach(() => {
  cli = createCli();
});

const uuid = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

describe('issue', () => {
  it.each(judged)('prints one result for one user of %s', async (provider) => {
    const { exitCode, stdout, stderr } = await cli.run(`issue ${provider} ${subjects[provider].userId(1)}`);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      provider,
      userId: subjects[provider].userId(1),
      token: cli.fakes[provider].tokens[0]?.token,
    });
    expect(JSON.parse(stdout)).not.toHaveProperty('index');
    expect(stderr).toBe('');
  });

  it('prints a line for each of many, failures among them', async () => {
    cli.fakes.clerk.addUser('user_1');
    cli.fakes.clerk.addUser('user_3');
    const { exitCode, lines, stderr } = await cli.run('issue clerk user_1 user_2 user_3');
    expect(exitCode).toBe(4);
    const results = lines.map((line) => JSON.parse(line) as { index: number }).sort((a, b) => a.index - b.index);
    expect(results).toMatchObject([
      { index: 0, userId: 'user_1', token: cli.fakes.clerk.tokens[0]?.token },
      {
        index: 1,
        userId: 'user_2',
        error: { code: 'not_found', status: 404, message: expect.stringContaining('Clerk answered 404') as unknown },
      },
      { index: 2, userId: 'user_3' },
    ]);
    expect(stderr).toBe('1 of 3 failed: 1 not_found\n');
  });

  it('reads ids from standard input', async () => {
    const { exitCode, lines } = await cli.run('issue sfox - --concurrency 2', { stdin: 'a\r\n\n  b  \nc' });
    expect(exitCode).toBe(0);
    expect(lines.map((line) => (JSON.parse(line) as { userId: string }).userId).sort()).toEqual(['a', 'b', 'c']);
  });

  it('takes ids of the command line and of standard input together', async () => {
    const { lines } = await cli.run('issue clerk a - d', { stdin: 'b\nc\n' });
    expect(lines.map((line) => (JSON.parse(line) as { userId: string }).userId).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shows the issues and the request id to which the error of one user refers', async () => {
    cli.fakes.junction.failNext({
      status: 422,
      headers: { 'x-request-id': 'made-up-request' },
      body: { detail: [{ loc: ['path', 'user_id'], msg: 'no\u001b[2J UUID', type: 'uuid_parsing' }] },
    });
    const { stderr } = await cli.run(`issue junction ${uuid}`);
    expect(stderr).toMatch(/see `issues`\.\n {2}issue: path\.user_id: no \[2J UUID\n {2}requestId: made-up-request\n$/);
  });

  it('shows no request id where there is none, and an issue without a path', async () => {
    const body = { detail: [{ loc: [], msg: 'made up', type: 'any' }] };
    vi.spyOn(cli.fakes, 'fetch').mockImplementation(() => Promise.resolve(Response.json(body, { status: 422 })));
    const { stderr } = await cli.run(`issue junction ${uuid}`);
    expect(stderr).toMatch(/\.\n {2}issue: made up\n$/);
  });

  it('refuses an id that can be no variable, before anything is issued', async () => {
    const { exitCode, stderr } = await cli.run('issue clerk a\nb --format env');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('line break');
    expect(cli.fakes.clerk.calls).toEqual([]);
  });

  it('reads standard input once', async () => {
    for (const args of ['issue clerk - a -', 'issue clerk - - --format json', 'revoke clerk - -'])
      expect(await cli.run(args, { stdin: 'b\n' })).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining('Pass - only once') as unknown,
      });
    expect(cli.fakes.clerk.calls).toEqual([]);
  });

  it('has nothing to do without ids', async () => {
    expect(await cli.run('issue clerk -')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('no ids') as unknown,
    });
    expect(await cli.run('issue clerk - --format json')).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  });

  it('passes its options on', async () => {
    const { exitCode, stdout } = await cli.run('issue clerk user_1 --expires-in 15m --org org_1 --timeout 5000');
    expect(exitCode).toBe(0);
    expect(cli.fakes.clerk.calls[0]?.body).toEqual({ user_id: 'user_1', expires_in_seconds: 900, org_id: 'org_1' });
    const { createdAt, expiresAt } = JSON.parse(stdout) as { createdAt: string; expiresAt: string };
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(900_000);
    await cli.run('issue clerk user_1 user_2 --org org_1');
    expect(cli.fakes.clerk.calls[1]?.body).toMatchObject({ org_id: 'org_1' });
    await cli.run('issue sfox a b c d --batch-size 2');
    const bodies = cli.fakes.sfox.calls.map(({ body }) => body as { data?: string[] });
    expect(bodies.map(({ data }) => data?.length)).toEqual([2, 2]);
    await cli.run('issue junction id --environment production --region us', { env: { JUNCTION_API_KEY: 'key' } });
    expect(cli.fakes.junction.calls).toHaveLength(1);
  });

  it.each([
    ['300', 300],
    ['90s', 90],
    ['24h', 86_400],
    ['7d', 604_800],
  ])('reads the lifetime %s', async (text, seconds) => {
    await cli.run(`issue clerk user_1 --expires-in ${text}`);
    expect(cli.fakes.clerk.calls[0]?.body).toMatchObject({ expires_in_seconds: seconds });
  });

  describe('--format', () => {
    it('token prints the token of one user alone', async () => {
      const { exitCode, stdout } = await cli.run('issue clerk user_1 --format token');
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${cli.fakes.clerk.tokens[0]!.token}\n` });
      const many = await cli.run('issue clerk user_1 user_2 --format token');
      expect(many).toMatchObject({ exitCode: 2, stdout: '' });
      expect(many.stderr).toContain('ndjson');
    });

    it('json prints one result over several lines, and an id with a line break', async () => {
      const { stdout } = await cli.run('issue sfox a');
      expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), undefined, 2)}\n`);
      const odd = await cli.run('issue sfox a\nb');
      expect(odd.exitCode).toBe(0);
      expect(JSON.parse(odd.stdout)).toMatchObject({ userId: 'a\nb' });
    });

    it('json prints a list of many', async () => {
      const { stdout } = await cli.run('issue sfox a b --format json');
      expect(JSON.parse(stdout)).toMatchObject([
        { userId: expect.any(String) as unknown },
        { token: expect.any(String) as unknown },
      ]);
    });

    it('ndjson prints one line, also for one', async () => {
      const { lines } = await cli.run('issue sfox a --format ndjson');
      expect(lines).toHaveLength(1);
    });

    it('env prints variables that a shell takes as they are', async () => {
      const { stdout } = await cli.run("issue sfox it's-me --format env");
      const [token] = cli.fakes.sfox.tokens;
      expect(stdout).toBe(
        [
          'TOKENWRIGHT_PROVIDER=sfox',
          `TOKENWRIGHT_USER_ID='it'\\''s-me'`,
          `TOKENWRIGHT_TOKEN=${token!.token}`,
          `TOKENWRIGHT_EXPIRES_AT=${token!.expiresAt.toISOString()}`,
          '',
        ].join('\n'),
      );
      expect(await cli.run('issue sfox a b --format env')).toMatchObject({ exitCode: 2, stdout: '' });
      // Junction does not say when a token expires.
      const { exitCode, lines } = await cli.run(`issue junction ${uuid} --format env`);
      expect(exitCode).toBe(0);
      expect(lines.map((line) => line.split('=')[0])).toEqual([
        'TOKENWRIGHT_PROVIDER',
        'TOKENWRIGHT_USER_ID',
        'TOKENWRIGHT_TOKEN',
      ]);
    });
  });

  it('has GitHub mask each secret before it is printed, on standard error', async () => {
    const env = { ...environment, GITHUB_ACTIONS: 'true' };
    const { stdout, stderr } = await cli.run('issue clerk user_1 user_2', { env });
    for (const { token } of cli.fakes.clerk.tokens) expect(stderr).toContain(`::add-mask::${token}\n`);
    expect(stderr.match(/::add-mask::https:/g)).toHaveLength(2);
    expect(stdout).not.toContain('::add-mask::');
    expect((await cli.run('issue clerk user_1')).stderr).not.toContain('::add-mask::');
  });

  it('has it mask the form that a token has in JSON, too', async () => {
    const token = 'made-up "token" \\ with %';
    const answer = () =>
      Response.json({ data: { token, partner_user_id: 'a', expires: '2030-01-01T00:00:00Z' } }, { status: 201 });
    vi.spyOn(cli.fakes, 'fetch').mockImplementation(() => Promise.resolve(answer()));
    const { exitCode, stderr } = await cli.run('issue sfox a', { env: { ...environment, GITHUB_ACTIONS: 'true' } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('::add-mask::made-up "token" \\ with %25\n');
    expect(stderr).toContain('::add-mask::made-up \\"token\\" \\\\ with %25\n');
  });

  it('colours errors on a terminal, unless NO_COLOR is set', async () => {
    cli.fakes.clerk.failWith({ status: 404 });
    const terminal = { stderr: true };
    expect((await cli.run('issue clerk a', { terminal })).stderr).toContain('\u001b[31merror');
    expect((await cli.run('issue clerk a', { terminal, env: { ...environment, NO_COLOR: '1' } })).stderr).toMatch(
      /^error/,
    );
    expect((await cli.run('issue clerk a')).stderr).toMatch(/^error/);
  });
});

describe('users ensure', () => {
  it('prints the same user each time, and creates one once', async () => {
    const first = await cli.run('users ensure my-user-7');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const [user] = cli.fakes.junction.createdUsers;
    expect(JSON.parse(first.stdout)).toEqual({
      provider: 'junction',
      userId: user?.userId,
      clientUserId: 'my-user-7',
      createdOn: expect.stringMatching(/Z$/) as string,
    });
    expect((await cli.run('users ensure my-user-7')).stdout).toBe(first.stdout);
    expect(cli.fakes.junction.createdUsers).toHaveLength(1);
  });

  it('takes where to go, and fails as the other commands do', async () => {
    expect((await cli.run('users ensure a --region us')).exitCode).toBe(3);
    expect((await cli.run('users ensure a', { env: {} })).exitCode).toBe(3);
    cli.fakes.junction.failWith({ status: 500 });
    const { exitCode, stderr } = await cli.run('users ensure a --timeout 100');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Junction answered 500');
  });
});

describe('ends with', () => {
  it('1 where all failed', async () => {
    cli.fakes.clerk.failWith({ status: 404 });
    expect(await cli.run('issue clerk a')).toMatchObject({ exitCode: 1, stdout: '' });
    expect((await cli.run('issue clerk a b')).exitCode).toBe(1);
    expect((await cli.run('revoke clerk a')).exitCode).toBe(1);
  });

  it.each([
    '',
    'nonsense',
    'issue',
    'issue nobody a',
    'issue clerk',
    'issue clerk a --apiKey x',
    'issue clerk a --format yaml',
    'issue clerk a --concurrency 0',
    'issue clerk a --timeout 1s',
    'issue clerk a --expires-in tomorrow',
    'issue clerk ..',
    'revoke junction a',
    'revoke sfox a',
    'users',
    'users remove a',
    'users ensure',
    'users ensure a b',
    'revoke clerk',
    'check nobody',
    'serve --port 70000',
    'serve --port x',
    'demo now',
  ])('2 after wrong use: tokenwright %s', async (args) => {
    const { exitCode, stdout, stderr } = await cli.run(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.length).toBeGreaterThan(20);
    for (const id of providerIds) expect(cli.fakes[id].calls).toEqual([]);
  });

  it('2 where a flag does not fit the provider, in words of flags', async () => {
    for (const [args, words] of [
      ['issue junction a --expires-in 5m', 'junction has no option --expires-in'],
      ['issue clerk a --region eu', 'clerk has no option --region'],
      ['issue junction a --region mars', "--region must be 'us' or 'eu'"],
      ['issue sfox a --environment staging', '--environment must be'],
      ['issue clerk a --base-url nowhere', '--base-url must be an absolute URL'],
      ['issue clerk a --expires-in 0', '--expires-in must be'],
      ['users ensure a --base-url http://x.example', '--base-url must be https'],
      ['issue clerk a --timeout 99999999999', '--timeout must be a number of milliseconds'],
      ['issue clerk a --concurrency 10001', '--concurrency must be a whole number from 1 to 10000.'],
      ['issue clerk a b --concurrency 10001', '--concurrency must be a whole number from 1 to 10000.'],
      ['issue clerk a b --concurrency 2.5', '--concurrency must be a whole number from 1 to 10000.'],
      ['issue junction a --org org_1', 'junction has no option --org'],
      ['issue clerk a --org=', '--org must be'],
      [
        'issue junction a --environment sandbox --base-url http://127.0.0.1:1',
        '--base-url and --environment exclude each other',
      ],
      ['serve --host=', '--host must be an address'],
      ['serve --port 65536', '--port must be a port, 0 to 65535.'],
      ['serve --port 1e3', '--port must be a port, 0 to 65535.'],
      ['serve --port -1', '--port needs a value'],
      ['serve --keep 5x', '--keep must be a whole number, 1 or more.'],
      ['issue clerk a --timeout 5s', '--timeout must be a whole number of milliseconds, 1 or more.'],
      ['issue clerk a --timeout x5', '--timeout must be a whole number of milliseconds, 1 or more.'],
      ['issue clerk a --retry 2x', '--retry must be a whole number from 0 to 999.'],
      ['issue clerk a --retry x2', '--retry must be a whole number from 0 to 999.'],
      ['issue clerk a --retry 1000', '--retry must be a whole number from 0 to 999.'],
      ...['tomorrow', '15mx', 'x15m', '1h30m'].map(
        (time) =>
          [
            `issue clerk a --expires-in ${time}`,
            '--expires-in must be a number of seconds, or a time such as 90s, 15m, 24h or 7d.',
          ] as const,
      ),
      ['issue clerk -a', 'Unknown option -a. Known options: '],
      ['issue clerk a --made_up', 'Unknown option. Known options: '],
      ['issue clerk a --1st', 'Unknown option. Known options: '],
    ] as const) {
      const { exitCode, stderr } = await cli.run(args);
      expect(stderr, args).toContain(words);
      expect(exitCode, args).toBe(2);
    }
    for (const id of providerIds) expect(cli.fakes[id].calls).toEqual([]);
    // A variable is no flag.
    expect((await cli.run('issue sfox a', { env: { ...environment, SFOX_ENV: 'staging' } })).exitCode).toBe(3);
  });

  it('3 where the set-up is wrong, with what to do', async () => {
    for (const [args, env, words] of [
      ['issue clerk a', {}, 'CLERK_SECRET_KEY'],
      ['issue sfox a', { SFOX_ENTERPRISE_API_KEY: 'x' }, 'SFOX_ENV'],
      ['issue clerk a --environment development', { CLERK_SECRET_KEY: 'sk_live_x' }, 'production'],
      ['issue clerk a', { CLERK_SECRET_KEY: 'pk_test_x' }, 'publishable'],
      // There is no option `apiKey` on the command line.
      ['revoke clerk a', {}, 'there is no API key. Set CLERK_SECRET_KEY.'],
    ] as const) {
      const { exitCode, stderr } = await cli.run(args, { env });
      expect(exitCode, args).toBe(3);
      expect(stderr).toContain(words);
    }
    cli.fakes.clerk.failWith({ status: 401 });
    expect((await cli.run('issue clerk a')).exitCode).toBe(3);
    const many = await cli.run('issue clerk a b c');
    expect(many.exitCode).toBe(3);
    expect(many.lines).toHaveLength(3);
    expect(many.stderr).toContain('error (unauthorized): Clerk answered 401');
    const { length } = cli.fakes.clerk.calls;
    expect((await cli.run('revoke clerk a b')).exitCode).toBe(3);
    // The second would be refused, too.
    expect(cli.fakes.clerk.calls).toHaveLength(length + 1);
    // A user who is banned says nothing about the key.
    cli.fakes.clerk.failWith({ status: 403, body: { errors: [{ code: 'user_banned', message: 'banned' }] } });
    expect((await cli.run('issue clerk a')).exitCode).toBe(1);
    expect((await cli.run('issue clerk a b')).exitCode).toBe(1);
    cli.fakes.clerk.failWith({ status: 403 });
    expect((await cli.run('issue clerk a')).exitCode).toBe(3);
  });

  it('130 when interrupted, and prints all that was issued, also what was under way', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    cli.fakes.sfox.failWith({ delay: 50 });
    const userIds = Array.from({ length: 2_000 }, (_, index) => `user-${String(index)}`);
    const running = cli.run('issue sfox - --format json --concurrency 4', {
      stdin: userIds.join('\n'),
      signal: controller.signal,
    });
    await vi.waitFor(() => {
      expect(cli.fakes.sfox.tokens.length).toBeGreaterThan(300);
    }, 10_000);
    controller.abort(reason);
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toBe('Interrupted: waiting up to 10 s for requests in flight. Interrupt again to end now.\n');
    const printed = (JSON.parse(stdout) as { userId: string }[]).map(({ userId }) => userId);
    expect(printed.sort()).toEqual(cli.fakes.sfox.tokens.map(({ userId }) => userId).sort());
    expect(printed.length).toBeLessThan(1_500);
  });

  it.each([
    ['issue clerk user_1', 'clerk'],
    ['revoke clerk', 'clerk'],
    ['users ensure my-user', 'junction'],
  ] as const)('0 when %s is interrupted and answered all the same, and prints the answer', async (args, provider) => {
    const fake = cli.fakes[provider];
    const { stdout: issued } = await cli.run('issue clerk user_1');
    const { id } = JSON.parse(issued) as { id: string };
    const calls = fake.calls.length;
    fake.failNext({ delay: 100 });
    const controller = new AbortController();
    const running = cli.run(args === 'revoke clerk' ? `${args} ${id}` : args, { signal: controller.signal });
    await vi.waitFor(() => {
      expect(fake.calls.length).toBeGreaterThan(calls);
    }, 10_000);
    controller.abort(new Error('interrupted'));
    const { exitCode, stdout, stderr } = await running;
    expect(stderr).toBe('Interrupted: waiting up to 10 s for requests in flight. Interrupt again to end now.\n');
    expect(JSON.parse(stdout)).toMatchObject({ provider });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['issue clerk a b', 2],
    ['revoke clerk sit_a', 1],
  ])('130 when %s is interrupted, ten seconds later at most', async (args, calls) => {
    const controller = new AbortController();
    cli.fakes.clerk.failWith({ fault: 'stall' });
    const running = cli.run(`${args} --timeout 60000`, { signal: controller.signal });
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.calls).toHaveLength(calls);
    }, 10_000);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    controller.abort(new Error('interrupted'));
    const done = vi.fn();
    void running.then(done);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(await running).toMatchObject({ exitCode: 130, stdout: '' });
  });

  it.each(['issue clerk -', 'revoke clerk -'])('130 when %s is interrupted before there is an id', async (args) => {
    const controller = new AbortController();
    const running = cli.run(args, { stdin: new PassThrough(), signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('interrupted'));
    }, 20);
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain('There were no ids');
  });

  it('130 when interrupted before anything is sent', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    for (const args of ['issue clerk a', 'issue clerk a b', 'revoke clerk sit_a', 'users ensure a'])
      expect(await cli.run(args, { signal }), args).toMatchObject({ exitCode: 130, stdout: '' });
    expect([...cli.fakes.clerk.calls, ...cli.fakes.junction.calls]).toEqual([]);
  });

  it('130 when interrupted, and takes no more ids of the command line', async () => {
    const controller = new AbortController();
    cli.fakes.clerk.failWith({ delay: 20 });
    const ids = Array.from({ length: 50 }, (_, index) => `user_${String(index)}`).join(' ');
    const running = cli.run(`issue clerk ${ids} --concurrency 1`, { signal: controller.signal });
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.calls.length).toBeGreaterThan(0);
    }, 10_000);
    controller.abort(new Error('interrupted'));
    const { exitCode, lines } = await running;
    expect(exitCode).toBe(130);
    expect(lines).toHaveLength(cli.fakes.clerk.tokens.length);
    expect(lines.length).toBeLessThan(40);
  });

  it('no notice of it with --quiet', async () => {
    for (const [args, provider] of [
      ['issue clerk a --quiet', 'clerk'],
      ['issue sfox a b --quiet', 'sfox'],
    ] as const) {
      const controller = new AbortController();
      cli.fakes[provider].failNext({ delay: 50 });
      const running = cli.run(args, { signal: controller.signal });
      await vi.waitFor(() => {
        expect(cli.fakes[provider].calls).toHaveLength(1);
      }, 10_000);
      controller.abort(new Error('interrupted'));
      expect((await running).stderr).toBe('');
    }
  });

  it('130 when check --online is interrupted, at once', async () => {
    for (const [args, provider] of [
      ['check clerk --online', 'clerk'],
      ['check junction --online', 'junction'],
    ] as const) {
      const controller = new AbortController();
      cli.fakes[provider].failWith({ fault: 'stall' });
      const running = cli.run(args, { signal: controller.signal });
      await vi.waitFor(() => {
        expect(cli.fakes[provider].calls).toHaveLength(1);
      }, 10_000);
      controller.abort(new Error('interrupted'));
      expect(await running).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
    }
  });

  it('1 when revoking is interrupted and refused, and says so', async () => {
    const controller = new AbortController();
    cli.fakes.clerk.failNext({ delay: 50 });
    const running = cli.run('revoke clerk sit_unknown', { signal: controller.signal });
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.calls).toHaveLength(1);
    }, 10_000);
    controller.abort(new Error('interrupted'));
    const { exitCode, stderr } = await running;
    expect(stderr).toContain('sit_unknown: error (not_found)');
    expect(exitCode).toBe(1);
  });

  it.each(['before', 'after'])('no timer where the interruption comes %s the end', (order) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const controller = new AbortController();
      const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
      const drain = startDrain({ env: {}, ...streams, signal: controller.signal }, true);
      if (order === 'before') controller.abort();
      drain.stop();
      controller.abort();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('130 without a wait when many are interrupted and nothing is in flight', async () => {
    const controller = new AbortController();
    const stdin = new PassThrough();
    const running = cli.run('issue clerk -', { stdin, signal: controller.signal });
    stdin.write('user_1\n');
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.tokens).toHaveLength(1);
    }, 10_000);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      controller.abort(new Error('interrupted'));
      const { exitCode, lines } = await running;
      expect([exitCode, lines.length, vi.getTimerCount()]).toEqual([130, 1, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('130 when revoking is interrupted between two ids', async () => {
    const controller = new AbortController();
    const stdin = new PassThrough();
    const running = cli.run('revoke clerk -', { stdin, signal: controller.signal });
    stdin.write('sit_made_up\n');
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.calls).toHaveLength(1);
    }, 10_000);
    controller.abort(new Error('interrupted'));
    expect((await running).exitCode).toBe(130);
  });

  it('and says how many failed, and why', async () => {
    cli.fakes.junction.addUser(uuid);
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { exitCode, stderr } = await cli.run(`issue junction ${uuid} .. ${unknown} no-uuid`);
    expect(exitCode).toBe(4);
    expect(stderr).toBe('3 of 4 failed: 1 invalid_user_id, 1 not_found, 1 validation_failed\n');
  });

  it('2 for a dash that would be a user called so', async () => {
    const { exitCode, stderr } = await cli.run('users ensure -');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Pass one id');
    expect(cli.fakes.junction.calls).toEqual([]);
  });

  it('130 when interrupted, after what was issued has been printed', async () => {
    const controller = new AbortController();
    async function* endless() {
      for (let count = 0; ; count += 1) {
        if (count === 20) controller.abort(new Error('interrupted'));
        yield `user_${String(count)}\n`;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    const stdin = Readable.from(endless());
    const { exitCode, stdout, stderr } = await cli.run('issue clerk - --format json', {
      stdin,
      signal: controller.signal,
    });
    expect(exitCode).toBe(130);
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(5);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    'issue clerk a --sk_live_made_up',
    'issue sfox a --made_up_key',
    'issue sfox a --made2up3key',
    'issue clerk a --expires-in sk_live_made_up',
    'sk_live_made_up --help',
    'issue clerk a --api-key=sk_live_made-up',
    'check sk_live_made_up',
    'issue sfox a --key=made_up',
  ])('no echo of a key in the wrong place: %s', async (args) => {
    const { exitCode, stderr } = await cli.run(args);
    expect(exitCode).toBe(2);
    expect(stderr).not.toMatch(/made.?up/);
  });

  it('never with a key, in whatever it prints', async () => {
    cli.fakes.clerk.failWith({ status: 401 });
    for (const args of [
      'issue clerk a',
      'issue clerk a b',
      'check',
      'check --format json',
      'revoke clerk a',
      'issue sfox a',
      '--help',
    ]) {
      const { stdout, stderr } = await cli.run(args);
      for (const key of Object.values(keys)) expect(stdout + stderr).not.toContain(key);
    }
  });
});

describe('to a reader who has gone', () => {
  function start(args: string, prepare: (stdout: PassThrough) => void) {
    const stdout = new PassThrough({ highWaterMark: 1 });
    stdout.on('error', () => undefined);
    const stderr = new PassThrough();
    prepare(stdout);
    const signal = new AbortController().signal;
    const streams = { stdin: Readable.from([]), stdout, stderr };
    const exitCode = run(args.split(' '), { env: environment, ...streams, fetch: cli.fakes.fetch, signal });
    return { exitCode, stderr };
  }
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

  it.each([
    [
      'before',
      (stdout: PassThrough) => {
        stdout.destroy();
      },
    ],
    [
      'with an error before',
      (stdout: PassThrough) => {
        vi.spyOn(stdout, 'errored', 'get').mockReturnValue(closed);
      },
    ],
    [
      'while it waits',
      (stdout: PassThrough) => {
        setTimeout(() => stdout.destroy(closed), 20);
      },
    ],
  ])('141 and no words if that was %s', async (_, prepare) => {
    for (const args of ['--help', 'check', 'issue clerk a', 'issue clerk a b']) {
      const { exitCode, stderr } = start(args, prepare);
      expect(await exitCode, args).toBe(141);
      stderr.end();
      expect(await text(stderr), args).toBe('');
    }
  });

  it('1 and what it was if the output failed for another reason', async () => {
    const { exitCode, stderr } = start('--help', (stdout) => {
      setTimeout(() => stdout.destroy(Object.assign(new Error('made-up: no space'), { code: 'ENOSPC' })), 20);
    });
    expect(await exitCode).toBe(1);
    stderr.end();
    expect(await text(stderr)).toBe('error: made-up: no space\n');
  });
});

describe('to a reader who is slow', () => {
  const turns = async () => {
    for (let turn = 0; turn < 3_000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  function start(args: string, stdin: string, signal = new AbortController().signal) {
    const stdout = new PassThrough({ highWaterMark: 1 });
    const streams = { stdin: Readable.from([stdin]), stdout, stderr: new PassThrough() };
    const exitCode = run(args.split(' '), { env: environment, ...streams, fetch: cli.fakes.fetch, signal });
    return { stdout, exitCode };
  }

  it('issue goes no further than it is read', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `user_${String(index)}\n`).join('');
    const { stdout, exitCode } = start('issue clerk - --concurrency 2', ids);
    await turns();
    expect(cli.fakes.clerk.tokens.length).toBeGreaterThan(0);
    expect(cli.fakes.clerk.tokens.length).toBeLessThan(50);
    const printed = text(stdout);
    expect(await exitCode).toBe(0);
    stdout.end();
    expect((await printed).trim().split('\n')).toHaveLength(300);
  });

  it('issue ends when it is interrupted, and has all that was issued for when it is read', async () => {
    const controller = new AbortController();
    const { stdout, exitCode } = start('issue clerk - --concurrency 3', 'a\nb\nc\n', controller.signal);
    await vi.waitFor(() => {
      expect(cli.fakes.clerk.tokens).toHaveLength(3);
    }, 10_000);
    await turns();
    controller.abort(new Error('interrupted'));
    await exitCode;
    stdout.end();
    expect((await text(stdout)).trim().split('\n')).toHaveLength(3);
  });
});

describe('revoke', () => {
  it('revokes, one after the other', async () => {
    await cli.run('issue clerk a b');
    const [first, second] = cli.fakes.clerk.tokens;
    const { exitCode, lines } = await cli.run(`revoke clerk ${first!.id} ${second!.id}`);
    expect(exitCode).toBe(0);
    expect(lines.map((line) => (JSON.parse(line) as { status: string }).status)).toEqual(['revoked', 'revoked']);
    const again = await cli.run(`revoke clerk ${first!.id}`);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('token_not_pending');
    expect(again.stderr).toContain(`${first!.id}: error`);
    await cli.run('issue clerk c');
    expect((await cli.run(`revoke clerk ${first!.id} ${cli.fakes.clerk.tokens[2]!.id}`)).exitCode).toBe(4);
  });

  it('reads ids from standard input', async () => {
    await cli.run('issue clerk a b c');
    const [first, second, third] = cli.fakes.clerk.tokens.map(({ id }) => id);
    const { exitCode, lines } = await cli.run(`revoke clerk ${first!} -`, { stdin: `${second!}\r\n\n${third!}` });
    expect(exitCode).toBe(0);
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([first, second, third]);
    expect(await cli.run('revoke clerk -')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('no ids') as unknown,
    });
  });
});

it.each([
  ['revoke clerk', keys.clerk, 2],
  ['revoke clerk', 'sk_test_another-made-up-key-1', 2],
  ['issue clerk', keys.clerk, 2],
  ['issue clerk a', keys.clerk, 4],
  ['issue clerk a', 'sk_test_another-made-up-key-1', 4],
  ['issue sfox a', keys.sfox, 4],
  ['issue junction', keys.junction, 2],
  ['users ensure', keys.junction, 2],
  ['check', keys.sfox, 2],
  ['serve --data', keys.clerk, 2],
  ['issue sfox a --format', keys.sfox, 2],
  ['issue sfox a --environment', keys.sfox, 2],
])('%s shows no key %s that stands there for something else, and sends none', async (args, key, expected) => {
  const { exitCode, stdout, stderr } = await cli.run(`${args} ${key}`);
  const sent = Object.values(cli.fakes).map((fake) => (fake as { calls?: unknown }).calls);
  expect(stdout + stderr + JSON.stringify(sent)).not.toContain(key.replace(/^[sp]k_[a-z]+_/, ''));
  expect(exitCode).toBe(expected);
});

it('shows no key that an error of standard input quotes', async () => {
  const stdin = new Readable({
    read() {
      this.destroy(new Error(`cannot read ${keys.clerk}`));
    },
  });
  const { exitCode, stderr } = await cli.run('issue clerk -', { stdin });
  expect(stderr).toContain('error: cannot read [redacted]');
  expect(exitCode).toBe(1);
});

it('tells of an answer without a token what the support of the provider asks for', async () => {
  cli.fakes.clerk.failWith({ status: 200, body: {}, headers: { 'x-clerk-trace-id': 'made-up-trace' } });
  const { lines } = await cli.run('issue clerk a b');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: { code: 'invalid_response', status: 200, requestId: 'made-up-trace' },
  });
});

it('shows no token that was given for its id', async () => {
  await cli.run('issue clerk a');
  const [ticket] = cli.fakes.clerk.tokens;
  const { exitCode, stderr } = await cli.run(`revoke clerk ${ticket!.token}`);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^id 1: error/);
  expect(stderr).not.toContain(ticket!.token);
  const link = await cli.run('revoke clerk https://app.example/?__clerk_ticket=made_up');
  expect(link.stderr).toMatch(/^id 1: error/);
  expect(link.stderr).not.toContain('made_up');
});

describe('check', () => {
  it('says what the environment gives', async () => {
    const all = await cli.run('check');
    expect(all.exitCode).toBe(0);
    for (const id of providerIds) {
      const one = await cli.run(`check ${id}`);
      expect(one).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(`^${id}: ready\n`) as unknown });
      expect(all.stdout).toContain(one.stdout);
    }
    expect((await cli.run('check junction')).stdout).toMatchInlineSnapshot(`
      "junction: ready
        environment  sandbox
        region       eu
        base URL     https://api.sandbox.eu.junction.com
        key          from JUNCTION_API_KEY, sk_eu_…, 26 characters
      "
    `);
    expect((await cli.run('check sfox')).stdout).toMatchInlineSnapshot(`
      "sfox: ready
        environment  sandbox
        base URL     https://api.staging.sfox.com
        key          from SFOX_ENTERPRISE_API_KEY, 16 characters
      "
    `);
    for (const id of providerIds) expect(cli.fakes[id].calls).toEqual([]);
  });

  it('says only what is wrong where a provider is not ready', async () => {
    const { stdout } = await cli.run('check clerk', { env: {} });
    expect(stdout).toMatch(/^clerk: not ready\n {2}.*Set CLERK_SECRET_KEY\.\n$/);
  });

  it('as JSON', async () => {
    const { stdout } = await cli.run('check junction --format json');
    expect(JSON.parse(stdout)).toEqual([
      {
        provider: 'junction',
        configured: true,
        environment: 'sandbox',
        region: 'eu',
        baseUrl: 'https://api.sandbox.eu.junction.com',
        credentials: [{ name: 'apiKey', source: 'JUNCTION_API_KEY', prefix: 'sk_eu_', length: keys.junction.length }],
      },
    ]);
  });

  it('finds no fault in a provider that is not used, unless it was asked for', async () => {
    const env = { CLERK_SECRET_KEY: keys.clerk };
    const all = await cli.run('check', { env });
    expect(all.exitCode).toBe(0);
    expect(all.stdout).toContain('junction: not ready');
    expect((await cli.run('check junction', { env })).exitCode).toBe(3);
    expect((await cli.run('check', { env: {} })).exitCode).toBe(3);
    expect(
      (await cli.run('check', { env: { ...env, JUNCTION_API_KEY: 'sk_eu_x', JUNCTION_REGION: 'us' } })).exitCode,
    ).toBe(3);
  });
});

describe('help', () => {
  it.each([
    '--help',
    'users --help',
    'issue --help',
    'revoke --help',
    'users ensure --help',
    'check --help',
    'serve --help',
    'demo --help',
  ])('%s', async (args) => {
    const { exitCode, stdout, stderr } = await cli.run(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: tokenwright');
    expect(stderr).toBe('');
    if (['--help', 'issue --help', 'check --help'].includes(args)) {
      expect(stdout).toContain('CLERK_SECRET_KEY');
      expect(stdout).toContain('130 interrupted');
    }
    if (!['--help', 'users --help', 'demo --help'].includes(args)) expect(stdout).toContain('Example');
  });

  it('is named, as are the commands, to whom it went wrong', async () => {
    const { stderr } = await cli.run('isue clerk a');
    expect(stderr).toContain('The command must be issue, revoke, users ensure, check, serve or demo.');
    expect(stderr).toContain('--help');
    expect((await cli.run('issue nobody a')).stderr).toContain(`The <provider> must be ${listOf(providerIds)}.`);
    expect((await cli.run('issue clerk')).stderr).toContain('issue needs a <userId>.');
    expect((await cli.run('demo now')).stderr).toContain('Too many arguments. Usage: tokenwright demo [options].');
    expect((await cli.run('issue clerk a --apiKey x')).stderr).toContain(
      'Unknown option --apiKey. Known options: --environment, ',
    );
    expect((await cli.run('issue clerk a --timeout')).stderr).toContain('--timeout needs a value');
    expect((await cli.run('issue clerk a --format yaml')).stderr).toContain('json, ndjson, token or env');
  });

  it('of a command says how to use it, in sentences', async () => {
    const { stdout } = await cli.run('check --help');
    expect(stdout).toMatch(/^Usage: tokenwright check \[provider\] \[options\]\n\nShow the settings from/);
    const demo =
      'Usage: tokenwright demo [options]\n\nShow the library at work against fakes; needs no account, sends nothing.';
    expect((await cli.run('demo --help')).stdout).toBe(`${demo}\n\nOptions:\n  -h, --help  print this help\n`);
  });

  it('of a command asks for nothing else', async () => {
    expect(await cli.run('issue -h')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await cli.run('issue clerk a --help')).stdout).toContain('Usage: tokenwright issue <provider> <userId...>');
    expect(cli.fakes.clerk.calls).toEqual([]);
  });

  it('names only what the provider of a command has', async () => {
    const users = (await cli.run('users ensure --help')).stdout;
    expect(users).toContain('--environment <name>  production or sandbox\n');
    expect(users).toContain('--region <name>       us or eu\n');
    expect((await cli.run('issue --help')).stdout).toMatch(/ us or eu \(Junction\b/);
    expect((await cli.run('revoke sfox a')).stderr).toContain('The <provider> must be clerk.');
  });

  it('takes an id that begins with a dash after --', async () => {
    expect((await cli.run('issue clerk -a')).exitCode).toBe(2);
    expect((await cli.run('issue clerk -- -a')).exitCode).toBe(0);
    expect(cli.fakes.clerk.calls[0]?.body).toMatchObject({ user_id: '-a' });
  });

  it('prints the version', async () => {
    for (const args of ['--version', '-V', 'version']) {
      expect(await cli.run(args)).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
    }
  });

  it('is a command as well', async () => {
    expect((await cli.run('help')).stdout).toBe((await cli.run('--help')).stdout);
    expect((await cli.run('-h')).stdout).toBe((await cli.run('--help')).stdout);
    expect((await cli.run('help issue')).stdout).toBe((await cli.run('issue --help')).stdout);
    expect((await cli.run('help users ensure')).stdout).toBe((await cli.run('users ensure --help')).stdout);
    expect((await cli.run('help nothing')).exitCode).toBe(2);
  });
});

describe('switches and attempts', () => {
  it('--retry says how many attempts follow the first', async () => {
    cli.fakes.clerk.failWith({ status: 503, retryAfter: 0 });
    expect((await cli.run('issue clerk a --retry 0')).exitCode).toBe(1);
    expect(cli.fakes.clerk.calls).toHaveLength(1);
    await cli.run('issue clerk a --retry 1');
    expect(cli.fakes.clerk.calls).toHaveLength(3);
    await cli.run('revoke clerk a --retry 0');
    expect(cli.fakes.clerk.calls).toHaveLength(4);
    await cli.run('issue clerk a --retry 10');
    expect(cli.fakes.clerk.calls).toHaveLength(15);
    expect((await cli.run('issue clerk a --retry many')).stderr).toContain(
      '--retry must be a whole number from 0 to 999',
    );
  });

  it.each(['issue clerk a', 'issue clerk a b', 'revoke clerk a', 'users ensure a'])(
    '--timeout is the time that %s may take',
    async (args) => {
      cli.fakes.clerk.failWith({ fault: 'stall' });
      cli.fakes.junction.failWith({ fault: 'stall' });
      const { exitCode, stdout, stderr } = await cli.run(`${args} --timeout 50`);
      expect(stdout + stderr).toContain('timeout');
      expect(exitCode).toBe(1);
    },
  );

  it('--quiet leaves errors alone on standard error', async () => {
    cli.fakes.clerk.failWith({ status: 404 });
    expect((await cli.run('issue clerk a b')).stderr).toContain('2 of 2 failed');
    expect((await cli.run('issue clerk a b --quiet')).stderr).not.toContain('failed');
    expect((await cli.run('issue clerk a b --quiet=yes')).stderr).toContain('--quiet takes no value');
  });

  it('check --online asks the provider, and issues nothing', async () => {
    const { exitCode, stdout } = await cli.run('check --online --format json');
    expect(exitCode).toBe(0);
    const findings = JSON.parse(stdout) as { provider: string; online?: { key: string } }[];
    expect(findings.map(({ provider }) => provider)).toEqual(providerIds);
    expect(Object.fromEntries(findings.map(({ provider, online }) => [provider, online?.key]))).toMatchObject({
      junction: 'accepted',
      sfox: 'unknown',
      clerk: 'accepted',
    });
    const { junction, sfox, clerk } = cli.fakes;
    expect([junction.createdUsers, sfox.calls]).toEqual([[], []]);
    for (const id of providerIds) expect(cli.fakes[id].tokens).toEqual([]);
    junction.failNext({ status: 401 });
    const refused = await cli.run('check junction --online');
    expect([refused.exitCode, refused.stdout]).toEqual([3, expect.stringContaining('the key is refused: Junction')]);
    expect(refused.lines[0]).toBe('junction: not ready');
    clerk.failNext({ status: 403 });
    const forbidden = await cli.run('check clerk --online');
    expect([forbidden.exitCode, forbidden.stdout]).toEqual([3, expect.stringContaining('the key is refused: Clerk')]);
    clerk.failWith({ fault: 'drop_connection' });
    const down = await cli.run('check clerk --online');
    const unknown = 'unknown whether the key is accepted: ';
    expect([down.exitCode, down.stdout]).toEqual([1, expect.stringContaining(`${unknown}Clerk could not`)]);
    // Nothing is wrong with the settings.
    expect(down.lines[0]).toBe('clerk: ready');
    const sfoxCheck = await cli.run('check sfox --online');
    expect(sfoxCheck.lines.at(-1)).toBe(`  online       ${unknown}the provider cannot tell without issuing a token.`);
  });

  it('check --online fails as soon as one of several providers does', async () => {
    cli.fakes.clerk.failWith({ fault: 'drop_connection' });
    expect((await cli.run('check --online')).exitCode).toBe(1);
    cli.fakes.clerk.failWith();
    cli.fakes.junction.failWith({ status: 401 });
    expect((await cli.run('check --online')).exitCode).toBe(3);
  });

  it('check --online takes another complaint about the made-up id for no answer about the key', async () => {
    cli.fakes.clerk.failNext({ status: 422 });
    const { exitCode, stdout } = await cli.run('check clerk --online');
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('unknown whether the key is accepted: ')]);
  });

  it('check --online shows the request id to which the message of an unusable answer refers', async () => {
    cli.fakes.clerk.failNext({ status: 200, body: '{}' });
    const { exitCode, stdout, lines } = await cli.run('check clerk --online');
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('uote `requestId`')]);
    expect(lines.at(-1)).toMatch(/^ {2}requestId: \w+$/);
    cli.fakes.clerk.failNext({ status: 200, body: '{}' });
    const findings = JSON.parse((await cli.run('check clerk --online --format json')).stdout) as unknown;
    expect(findings).toMatchObject([
      { online: { key: 'unknown', code: 'invalid_response', requestId: expect.any(String) } },
    ]);
  });

  it('check --online asks only the providers that have a key', async () => {
    const { exitCode, stdout } = await cli.run('check --online', { env: { CLERK_SECRET_KEY: keys.clerk } });
    expect(stdout).toMatch(/^ {2}online {7}the key is accepted$/m);
    expect(exitCode).toBe(0);
    expect(cli.fakes.junction.calls).toEqual([]);
  });

  it('check --online takes the 404 of something else at the base URL for no answer about the key', async () => {
    cli.fakes.clerk.failNext({ status: 404, body: '<html>' });
    const { exitCode, stdout } = await cli.run('check clerk --online');
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('unknown whether the key is accepted: ')]);
  });
});
