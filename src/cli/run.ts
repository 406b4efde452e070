import { once } from 'node:events';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../../package.json';
import { type ProviderId, providerIds, providers } from '../providers/index.js';
import { createFakeProviders } from '../testing/index.js';
import { check } from './check.js';
import { type CliContext, ClosedPipeError, exitCodes, isClosedPipe, print, UsageError } from './context.js';
import { demo } from './demo.js';
import { issue, type IssueFlags } from './issue.js';
import { formats } from './output.js';
import { exitCodeOf, reportError } from './report.js';
import { revoke } from './revoke.js';
import { serveFakes } from './serve.js';
import { ensureUser } from './users.js';

/**
 * The command line as a function: of arguments, environment and streams to an exit code. It neither reads nor ends the
 * process.
 */
export async function run(args: readonly string[], context: CliContext): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = createProgram(context, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof ClosedPipeError || isClosedPipe(error)) return exitCodes.done;
    if (context.signal.aborted) return exitCodes.interrupted;
    reportError(context, error);
    return exitCodeOf(error);
  }
}

function createProgram(context: CliContext, finish: (exitCode: number) => void): Command {
  const { stdout, stderr, signal } = context;
  const program = new Command('tokenwright')
    .description('Issues short-lived tokens for single users of Junction, sFOX and Clerk.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help, also for a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Somebody may have put a key where none belongs: it must not go on into a log.
      outputError: (text, write) => {
        write(text.replace(/(--[\w-]+)=[^']*/g, '$1').replace(/\b[ps]k_\w+/g, '[redacted]'));
      },
    })
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help for how to use it.')
    .addHelpText('after', `\n${variablesHelp()}\n${exitCodesHelp}`);

  const provider = () => new Argument('<provider>', 'whose token').choices(providerIds);
  const target = (command: Command) =>
    command
      .option('--environment <name>', 'production, sandbox (Junction, sFOX) or development (Clerk)')
      .option('--base-url <url>', 'another place than the provider’s own, such as a served fake')
      .addOption(new Option('--timeout <ms>', 'time for a call, in milliseconds').argParser(parseCount));

  target(program.command('issue'))
    .description('issue a token for each user')
    .addArgument(provider())
    .argument('<userId...>', 'ids of users; - reads them from standard input, one a line')
    .option('--region <name>', 'us or eu (Junction)')
    .option('--expires-in <time>', 'lifetime: seconds, or like 15m, 24h (Clerk)')
    .option('--org <id>', 'organization to activate (Clerk)')
    .addOption(new Option('--concurrency <n>', 'requests under way at the same time').argParser(parseCount))
    .addOption(new Option('--format <name>', 'default: json for one user, ndjson for many').choices(formats))
    .addHelpText(
      'after',
      `
One user prints one result. Many print one line each as they arrive, failures among them, with the field "error".

Examples:
  tokenwright issue junction 6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa
  tokenwright issue clerk user_2abc --expires-in 15m --format token
  tokenwright issue sfox - --environment sandbox < ids.txt > tokens.ndjson

${variablesHelp()}
${exitCodesHelp}`,
    )
    .action(async (id: ProviderId, userIds: string[], flags: IssueFlags) => {
      finish(await issue(context, id, userIds, flags));
    });

  target(program.command('revoke'))
    .description('revoke tokens that were not used yet, by their ids (Clerk)')
    .addArgument(provider())
    .argument('<tokenId...>', 'ids of tokens, such as sit_2abc')
    .addHelpText(
      'after',
      `\nExample:\n  tokenwright revoke clerk sit_2abc\n\n${variablesHelp(['clerk'])}\n${exitCodesHelp}`,
    )
    .action(async (id: ProviderId, tokenIds: string[], flags: IssueFlags) => {
      finish(await revoke(context, id, tokenIds, flags));
    });

  const users = program.command('users').description("Junction's users, by the ids that they have with you");
  target(users.command('ensure'))
    .description('find the user who has this id with you, and create one where there is none (Junction)')
    .argument('<clientUserId>', 'your own id of the user')
    .option('--region <name>', 'us or eu')
    .addHelpText(
      'after',
      `\nExample:\n  tokenwright users ensure my-user-7\n\n${variablesHelp(['junction'])}\n${exitCodesHelp}`,
    )
    .action(async (clientUserId: string, flags: IssueFlags) => {
      finish(await ensureUser(context, clientUserId, flags));
    });

  program
    .command('check')
    .description('say what the environment gives, without asking the provider; never prints a key')
    .addArgument(new Argument('[provider]', 'which one; all by default').choices(providerIds))
    .addOption(new Option('--format <name>', 'text or json').choices(['text', 'json']).default('text'))
    .addHelpText('after', `\nExample:\n  tokenwright check junction\n\n${variablesHelp()}\n${exitCodesHelp}`)
    .action(async (id: ProviderId | undefined, flags: { format?: string }) => {
      finish(await check(context, id, flags));
    });

  program
    .command('serve')
    .description('serve fakes of all providers over HTTP, for tests and scripts in any language')
    .addOption(new Option('--port <n>', 'port; 0 takes a free one').default(4010).argParser(parsePort))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addHelpText(
      'after',
      '\nExample:\n  tokenwright serve --port 4010\n  CLERK_API_URL=http://127.0.0.1:4010/clerk my-program',
    )
    .action(async ({ port, host }: { port: number; host: string }) => {
      const server = await serveFakes(createFakeProviders(), { port, host }).catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        throw new UsageError(
          `Cannot serve on port ${String(port)} of ${host} (${problem}). Use another --port; 0 takes a free one.`,
        );
      });
      await print(context, providerIds.map((id) => `${id.padEnd(9)} ${server.baseUrls[id]}\n`).join(''));
      stderr.write('Serving fakes. Any key of the right form will do. Stop with Ctrl+C.\n');
      // An interrupt is how a server ends, and no failure.
      if (!signal.aborted) await once(signal, 'abort');
      await server.close();
    });

  program
    .command('demo')
    .description('show the library at work against fakes in this process; needs no account')
    .action(async () => {
      finish(await demo(context));
    });
  return program;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return Number(text);
}

const exitCodesHelp = `Exit codes: 0 done, 1 failed, 2 wrong use, 3 configuration or authentication, 4 some of many failed, 130 interrupted.`;

/** Which variables are read: keys come from there only, because others on the machine can see arguments. */
function variablesHelp(ids: readonly ProviderId[] = providerIds): string {
  const rows = ids.map((id) => {
    const { label, variables } = providers[id].profile;
    return `  ${label.padEnd(9)} ${Object.values(variables).flat().join(', ')}`;
  });
  return ['Environment variables that are read (keys come from there only):', ...rows, ''].join('\n');
}
