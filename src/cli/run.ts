import { version } from '../../package.json';
import { ConfigurationError } from '../errors.js';
import { helpOf, listOf, parseCommandLine, table, usageOf } from './command-line.js';
import { commands, exitCodesHelp, variablesHelp } from './commands.js';
import { type CliContext, ClosedPipeError, exitCodes, print, UsageError } from './context.js';
import { ownOptions } from './own-flags.js';
import { exitCodeOf, reportError } from './report.js';

/**
 * Runs the command line, and returns the exit code. Uses only its arguments: it neither reads nor ends the process.
 */
export async function run(args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    if (error instanceof ClosedPipeError) return exitCodes.outputClosed;
    if (context.signal.aborted) return exitCodes.interrupted;
    reportError(context, error);
    if (error instanceof UsageError) context.stderr.write('Add --help to see how to use it.\n');
    return exitCodeOf(error);
  }
}

async function dispatch(args: readonly string[], context: CliContext): Promise<number> {
  const [first] = args;
  if (first === '--version' || first === '-V' || first === 'version') return show(context, version);
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => word === args[index]));
  if (command === undefined) {
    const isPart = commands.some(({ name }) => name.startsWith(`${first ?? ''} `));
    if (first === 'help') return dispatch([...args.slice(1), '--help'], context);
    if (isHelp(first) || (isPart && isHelp(args[1]))) return show(context, help());
    // Do not repeat the words: one may be a key in the wrong place.
    throw new UsageError(`The command must be ${listOf(commands.map(({ name }) => name))}.`);
  }
  const rest = args.slice(command.name.split(' ').length);
  const { wantsHelp, positionals, flags } = parseCommandLine(command, rest);
  if (wantsHelp) return show(context, helpOf(command));
  try {
    return await command.action(context, positionals, flags);
  } catch (error) {
    throw inWordsOfFlags(error, flags);
  }
}

/** The client checks the options and names them in its errors; here, they are replaced by the names of the flags. */
function inWordsOfFlags(error: unknown, flags: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof ConfigurationError) || error.code !== 'invalid_option') return error;
  let { message } = error;
  for (const name of Object.keys(flags)) {
    const option = ownOptions.find(({ flagName }) => flagName === name)?.option ?? name;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (message.includes(`unknown option \`${option}\``))
      return new UsageError(`${String(error.provider)} has no option ${flag}. Leave it out.`);
    message = message.replaceAll(`\`${option}\``, flag);
  }
  return message === error.message ? error : new UsageError(message);
}

function isHelp(arg: string | undefined): boolean {
  return arg === '--help' || arg === '-h';
}

async function show(context: CliContext, text: string): Promise<number> {
  await print(context, `${text}\n`);
  return exitCodes.done;
}

function help(): string {
  return `Usage: tokenwright <command> [options]

Issues short-lived per-user tokens from Junction, sFOX and Clerk.

Commands:
${table(commands.map((command) => [usageOf(command), command.description]))}

  help [command]  the same as --help
  version         the same as --version

Options:
  -V, --version  print the version
  -h, --help     print help, also for a command

${variablesHelp()}

${exitCodesHelp}`;
}
