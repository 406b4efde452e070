import { inspect } from 'node:util';
import { connect } from '../providers/create-issuer.js';
import { createFakeProviders } from '../testing/index.js';
import { serveFakes } from '../testing/server/serve.js';
import { type CliContext, exitCodes, print, style } from './context.js';

/** The moment at which the demo takes place: the same every time, so that its output is, too. */
const now = Date.parse('2026-01-01T12:00:00Z');

/** Shows the library at work against the fakes, over real HTTP within this process. */
export async function demo(context: CliContext): Promise<number> {
  const users = { junction: ['6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa'], sfox: ['alice', 'bob'], clerk: ['user_1'] };
  const fakes = createFakeProviders({ now: () => now, users });
  const server = await serveFakes(fakes);
  const { baseUrls } = server;
  // A demo goes where it says, whatever the environment of whoever runs it.
  const sendTo = (baseUrl: string, apiKey: string) => ({ apiKey, baseUrl, fetch: context.fetch });
  const junction = connect('junction', sendTo(baseUrls.junction, 'sk_eu_demo'), {});
  const sfox = connect('sfox', sendTo(baseUrls.sfox, 'demo'), {});
  const clerk = connect('clerk', { ...sendTo(baseUrls.clerk, 'sk_test_demo'), expiresInSeconds: 300 }, {});

  const say = (text: string) => print(context, `${text}\n`);
  const title = (text: string) => say(`\n${style(context, context.stdout, 'bold', text)}`);
  /** Shows a call and what it returned or threw, so far as that is the same each time. */
  const show = async <T>(
    code: string,
    call: () => Promise<T>,
    pick: (result: T) => unknown,
  ): Promise<T | undefined> => {
    await say(`  ${code}`);
    const options = { breakLength: 100, colors: false };
    try {
      const result = await call();
      await say(indent(inspect(pick(result), options)));
      return result;
    } catch (error) {
      await say(indent(`throws ${String(error)}`));
      return undefined;
    }
  };

  try {
    await say('Three fake providers are running on this machine. No account is needed, and nothing leaves it.');

    await title('Junction: a token with which a mobile app signs in');
    await show(
      `junction.issueToken('${users.junction[0] ?? ''}')`,
      () => junction.issueToken(users.junction[0] ?? ''),
      (token) => token,
    );

    await title('sFOX: a token for one user, then for many in one request');
    await show(
      `sfox.issueToken('alice')`,
      () => sfox.issueToken('alice'),
      (token) => token,
    );
    await show(
      `sfox.issueTokens(['alice', 'bob', 'mallory'])`,
      () => sfox.issueTokens(['alice', 'bob', 'mallory']),
      (outcomes) =>
        outcomes.map((outcome) => ({
          userId: outcome.userId,
          status: outcome.status,
          ...(outcome.status === 'rejected' ? { code: outcome.reason.code } : {}),
        })),
    );

    await title('Clerk: a ticket for five minutes, taken back before it is used');
    const ticket = await show(
      `clerk.issueToken('user_1')`,
      () => clerk.issueToken('user_1'),
      ({ userId, token, status, expiresAt }) => ({ userId, token: token && '[redacted]', status, expiresAt }),
    );
    await show(
      `clerk.revokeToken(ticket.id)`,
      () => clerk.revokeToken(ticket?.id ?? ''),
      ({ userId, status }) => ({ userId, status }),
    );

    await title('Errors have a class, a code, and say what to do');
    await show(
      `clerk.issueToken('user_2')`,
      () => clerk.issueToken('user_2'),
      (token) => token,
    );
    await show(
      `junction.issueToken('my-own-id')`,
      () => junction.issueToken('my-own-id'),
      (token) => token,
    );

    await say('\nTokens print as [redacted]; `token.token` holds the secret, and JSON.stringify(token) sends it on.');
    return exitCodes.done;
  } finally {
    await server.close();
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
