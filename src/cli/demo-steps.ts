import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createTokenEndpoint, toNodeHandler } from '../endpoint/index.js';
import { isTokenwrightError } from '../providers/guard.js';
import type { Fetch } from '../issuer.js';
import type { TokenwrightEvent } from '../issuer/events.js';
import { connect } from '../providers/create-issuer.js';
import type { FakeProviders } from '../testing/index.js';
import type { ServedFakes } from '../testing/server/serve.js';

/** What a step can use. */
interface Stage {
  readonly fetch: Fetch | undefined;
  readonly fakes: FakeProviders;
  readonly busyFakes: FakeProviders;
  readonly baseUrls: ServedFakes['baseUrls'];
  /** The URL of the server; `undefined` if the demo does not wait for Enter, so that nobody could open its page. */
  readonly pageUrl: string | undefined;
}

interface Step {
  readonly title: string;
  /** The code that a user would write. */
  readonly code: string;
  /** Runs that code, and returns its result as text. */
  readonly run: (stage: Stage) => Promise<string>;
}

const junctionUser = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
export const users = { junction: [junctionUser], sfox: ['alice'], clerk: ['user_1'] };
/** The known users of the step with many users. */
export const manyUsers = Array.from({ length: 29 }, (_, index) => `user_${String(index + 1)}`);
const limit = { requests: 10, perSeconds: 1 };

const show = (value: unknown) => inspect(value, { breakLength: 100, colors: false });

async function showFailure(call: Promise<unknown>): Promise<string> {
  try {
    return show(await call);
  } catch (error) {
    if (!isTokenwrightError(error)) throw error;
    const { code, scope, retryable } = error;
    return `throws ${String(error)}\n${show({ code, scope, retryable })}`;
  }
}

export const steps: readonly Step[] = [
  {
    title: 'A token for one user. Printing it does not show the secret',
    code: `const junction = createJunction({ apiKey: process.env.JUNCTION_API_KEY });
console.log(await junction.issueToken('${junctionUser}'));`,
    async run({ fetch, baseUrls }) {
      const junction = connect('junction', { apiKey: 'sk_eu_demo', baseUrl: baseUrls.junction, fetch }, {});
      return show(await junction.issueToken(junctionUser));
    },
  },
  {
    title: 'Errors have a code, and say what to do',
    code: `await junction.issueToken('my-own-id');`,
    async run({ fetch, baseUrls }) {
      const junction = connect('junction', { apiKey: 'sk_eu_demo', baseUrl: baseUrls.junction, fetch }, {});
      return showFailure(junction.issueToken('my-own-id'));
    },
  },
  {
    title: 'The provider fails once: tokenwright keeps to `Retry-After`, and tries again',
    code: `fakes.sfox.failNext({ status: 503, retryAfter: 1 });
const sfox = createSfox({ environment: 'sandbox', onEvent: console.log });
const { expiresAt } = await sfox.issueToken('alice');`,
    async run({ fetch, fakes, baseUrls }) {
      const attempts: string[] = [];
      const onEvent = (event: TokenwrightEvent) => {
        if (event.type !== 'attempt') return;
        const { attempt, result, status, retryInMilliseconds } = event;
        const wait = retryInMilliseconds === undefined ? '' : `, again in ${String(retryInMilliseconds)} ms`;
        attempts.push(`attempt ${String(attempt)}: ${result} (${String(status)})${wait}`);
      };
      fakes.sfox.failNext({ status: 503, retryAfter: 1 });
      const sfox = connect('sfox', { apiKey: 'demo', baseUrl: baseUrls.sfox, fetch, onEvent }, {});
      const { expiresAt } = await sfox.issueToken('alice');
      return [...attempts, show({ expiresAt })].join('\n');
    },
  },
  {
    title: 'The provider never answers: one `timeout` covers all attempts and waits',
    code: `fakes.clerk.failWith({ fault: 'stall' });
await clerk.issueToken('user_1', { timeout: 300 });`,
    async run({ fetch, fakes, baseUrls }) {
      fakes.clerk.failWith({ fault: 'stall' });
      const clerk = connect('clerk', { apiKey: 'sk_test_demo', baseUrl: baseUrls.clerk, fetch }, {});
      const text = await showFailure(clerk.issueToken('user_1', { timeout: 300 }));
      fakes.clerk.failWith(undefined);
      return text;
    },
  },
  {
    title: 'Many users at a limit of 10 requests per second: no 429, and one outcome for each user',
    code: `const clerk = createClerk({ rateLimit: { requests: 10, perSeconds: 1 } });
const outcomes = await clerk.issueTokens([...thirtyUserIds]); // one of them is unknown`,
    async run({ busyFakes }) {
      busyFakes.clerk.limitRate(limit);
      const clerk = connect('clerk', { apiKey: 'sk_test_demo', rateLimit: limit, fetch: busyFakes.fetch }, {});
      const start = performance.now();
      const outcomes = await clerk.issueTokens([...manyUsers, 'user_unknown']);
      const seconds = Math.round((performance.now() - start) / 1_000);
      const issued = outcomes.filter(({ status }) => status === 'fulfilled').length;
      const failed = outcomes.flatMap((each) =>
        each.status === 'rejected' ? [`${each.userId}: ${each.reason.code}`] : [],
      );
      const refused = busyFakes.clerk.calls.filter(({ status }) => status === 429).length;
      return `${String(issued)} tokens; ${failed.join()}; ${String(refused)} answers with 429; about ${String(seconds)} s`;
    },
  },
  {
    title: 'An endpoint for your app: the user comes from your session alone',
    code: `const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60 }),
  authorize: (request) => (request.headers.get('authorization') === 'Bearer session-of-alice' ? 'user_1' : null),
});
createServer(toNodeHandler(endpoint)).listen(port);
await fetch(url, { method: 'POST', headers: { authorization: 'Bearer session-of-alice' } });
await fetch(url, { method: 'POST' });`,
    run: showEndpoint,
  },
  {
    title: 'The fakes have a page: it shows tokens and requests, adds users, and makes requests fail',
    code: 'npx tokenwright serve',
    run: ({ pageUrl }) =>
      Promise.resolve(
        pageUrl === undefined
          ? 'Open http://127.0.0.1:4010/_fakes/ then.'
          : `Open ${pageUrl}/_fakes/ now: it shows the calls of this demo.`,
      ),
  },
];

async function showEndpoint({ fetch, baseUrls }: Stage): Promise<string> {
  const endpoint = createTokenEndpoint({
    issuer: () =>
      connect('clerk', { apiKey: 'sk_test_demo', baseUrl: baseUrls.clerk, fetch, expiresInSeconds: 60 }, {}),
    authorize: (request) => (request.headers.get('authorization') === 'Bearer session-of-alice' ? 'user_1' : null),
  });
  const handle = toNodeHandler(endpoint);
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (headers: Record<string, string>) => {
    const response = await globalThis.fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers });
    const { userId, token, expiresInSeconds, code } = (await response.json()) as Record<string, unknown>;
    const shown = response.ok ? { userId, token: token && '[redacted]', expiresInSeconds } : { code };
    return `${String(response.status)} ${show(shown)}`;
  };
  try {
    return [await ask({ authorization: 'Bearer session-of-alice' }), await ask({})].join('\n');
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
