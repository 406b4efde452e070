import { parseArgs } from 'node:util';
import { UsageError } from './context.js';

/** A positional argument, such as a provider or the ids of users. */
export interface Positional {
  readonly name: string;
  readonly choices?: readonly string[];
  /** @default 'one' */
  readonly count?: 'one' | 'optional' | 'many';
}

/** An option of a command. */
export interface Flag {
  /** The placeholder of its value in the help, such as `<ms>`; left out for a switch without a value. */
  readonly placeholder?: string;
  readonly description: string;
  /** Whether it may be given several times; its value is then a list. */
  readonly isRepeatable?: boolean;
  /** Turns the text into the value; returns `undefined` for an invalid text. Without it, any text is valid. */
  readonly parse?: (text: string) => unknown;
  /** The valid values, as the end of the sentence "--name must be …". */
  readonly expected?: string;
}

/** A command, as it is parsed and shown in the help. */
export interface CommandSyntax {
  /** One or two words. */
  readonly name: string;
  readonly description: string;
  readonly positionals: readonly Positional[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** The text below the options in the help. */
  readonly notes: string;
}

/** The parsed arguments of a command. The flags are by name in camel case. */
export interface CommandLine {
  readonly wantsHelp: boolean;
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Parses the arguments of a command.
 *
 * No message repeats a value: it may be a key in the wrong place, which must not get into a log.
 *
 * @throws UsageError - The arguments do not fit the command.
 */
export function parseCommandLine(command: CommandSyntax, args: readonly string[]): CommandLine {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { placeholder, isRepeatable = false }]) => [
      name,
      { type: placeholder === undefined ? ('boolean' as const) : ('string' as const), multiple: isRepeatable },
    ]),
  );
  const { values, positionals } = parse(args, { ...options, help: { type: 'boolean', short: 'h' } });
  if (values['help'] === true) return { wantsHelp: true, positionals, flags: {} };
  checkPositionals(command, positionals);
  const flags = Object.entries(command.flags).flatMap(([name, flag]) => {
    const text = values[name];
    if (text === undefined) return [];
    const value = flag.parse === undefined || typeof text !== 'string' ? text : flag.parse(text);
    if (value === undefined) throw new UsageError(`--${name} must be ${flag.expected ?? 'another value'}.`);
    return [[toCamelCase(name), value] as const];
  });
  return { wantsHelp: false, positionals, flags: Object.fromEntries(flags) };
}

type ParseOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(args: readonly string[], options: ParseOptions) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    const known = Object.keys(options).map((name) => `--${name}`);
    const concerned = known.find((name) => new RegExp(`${name}[ ']`).test(String(message)));
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && concerned !== undefined) {
      throw new UsageError(
        options[concerned.slice(2)]?.type === 'boolean'
          ? `${concerned} takes no value.`
          : `${concerned} needs a value. Write ${concerned}=<value> if the value begins with a dash.`,
      );
    }
    // Repeat only text that looks like an option name: anything else may be a key in the wrong place.
    const name = /^Unknown option '(--?[a-z][a-z-]{0,30})'/i.exec(String(message))?.[1];
    throw new UsageError(
      `Unknown option${name === undefined ? '' : ` ${name}`}. Known options: ${known.join(', ')}. ` +
        'Put -- before an argument that begins with a dash.',
    );
  }
}

function checkPositionals(command: CommandSyntax, values: readonly string[]): void {
  const { name, positionals } = command;
  for (const [index, { name: what, choices, count }] of positionals.entries()) {
    const value = values[index];
    if (value === undefined && count !== 'optional') throw new UsageError(`${name} needs a <${what}>.`);
    if (value !== undefined && choices !== undefined && !choices.includes(value))
      throw new UsageError(`The <${what}> must be ${listOf(choices)}.`);
  }
  const takesMore = positionals.at(-1)?.count === 'many';
  if (values.length > positionals.length && !takesMore)
    throw new UsageError(`Too many arguments. Usage: tokenwright ${usageOf(command)} [options].`);
}

/** Lists choices in a sentence: "a, b or c". */
export function listOf(choices: readonly string[]): string {
  return choices.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

/** The usage line of a command: its name and its arguments. */
export function usageOf({ name, positionals }: CommandSyntax): string {
  const words = positionals.map(({ name: what, count }) => {
    if (count === 'many') return `<${what}...>`;
    return count === 'optional' ? `[${what}]` : `<${what}>`;
  });
  return [name, ...words].join(' ');
}

/** The help of one command. */
export function helpOf(command: CommandSyntax): string {
  const flags = Object.entries(command.flags).map(([name, { placeholder, description }]) => {
    return [[`--${name}`, ...(placeholder === undefined ? [] : [placeholder])].join(' '), description] as const;
  });
  const rows = [...flags, ['-h, --help', 'print this help'] as const];
  return [
    `Usage: tokenwright ${usageOf(command)} [options]`,
    capitalize(`${command.description}.`),
    `Options:\n${table(rows)}`,
    ...(command.notes === '' ? [] : [command.notes]),
  ].join('\n\n');
}

/** Turns the name of a flag into that of a property: `base-url` into `baseUrl`. */
export function toCamelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Formats rows of two columns, indented. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
