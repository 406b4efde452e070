import { once } from 'node:events';
import { createFakeProviders } from '../testing/index.js';
import { serveFakes } from '../testing/server/serve.js';
import { type CliContext, exitCodes, isTerminal, print, style } from './context.js';
import { manyUsers, steps, users } from './demo-steps.js';

/** The fixed time of the demo, so that it prints the same each time. */
const now = Date.parse('2026-01-01T12:00:00Z');

/** Shows the library at work against the fakes, over real HTTP within this process. */
export async function demo(context: CliContext): Promise<number> {
  const fakes = createFakeProviders({ now: () => now, users });
  const server = await serveFakes(fakes);
  const { url, baseUrls } = server;
  // With a clock that runs, which the rate limit needs.
  const busyFakes = createFakeProviders({ users: { clerk: manyUsers } });
  const isInteractive = isTerminal(context.stdout) && 'isTTY' in context.stdin && context.stdin.isTTY === true;
  try {
    await print(
      context,
      'Three fake providers are running on this machine. No account is needed, and nothing leaves this machine.\n',
    );
    for (const [index, { title, code, run }] of steps.entries()) {
      await print(context, `\n${style(context, context.stdout, 'bold', `${String(index + 1)}. ${title}`)}\n\n`);
      await print(context, style(context, context.stdout, 'dim', indent(code, '  ')));
      const stage = { fetch: context.fetch, fakes, busyFakes, baseUrls, pageUrl: isInteractive ? url : undefined };
      await print(context, `\n${indent(await run(stage), '    ')}`);
      if (isInteractive) await waitForEnter(context);
    }
    await print(context, `\n${next}`);
    return exitCodes.done;
  } finally {
    await server.close();
  }
}

const next = `Next:
  npx tokenwright serve      the fakes as a server, with a page that shows each request
  npx tokenwright check      the settings from your environment variables
  npx tokenwright --help     all commands
  docs/README.md             in the package: the documentation, one page per task
`;

async function waitForEnter(context: CliContext): Promise<void> {
  await print(context, style(context, context.stdout, 'dim', '\nPress Enter to go on.'));
  await once(context.stdin, 'data', { signal: context.signal });
}

function indent(text: string, space: string): string {
  return `${text.replaceAll(/^(?=.)/gm, space)}\n`;
}
