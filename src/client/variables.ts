import { type CallContext, configurationError } from './options.js';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A value and where it came from, for messages. */
export interface Setting<Value = unknown> {
  readonly value: Value;
  readonly source: string;
}

/** What the steps of a client's set-up share. */
export interface Setup {
  readonly context: CallContext;
  /** The environment variables; by default those of the process, if there is one. */
  readonly variables: Variables | undefined;
}

/** Reads the first variable that is set. Two that are set must agree: neither is right merely by its rank. */
export function readVariables({ context, variables }: Setup, names: readonly string[]): Setting<string> | undefined {
  const settings = names.flatMap((source) => {
    const value = readVariable(variables, source);
    return value === undefined || value.trim() === '' ? [] : [{ value, source }];
  });
  const [first] = settings;
  const other = settings.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return first;
  throw configurationError(
    context,
    'environment_mismatch',
    `the environment variables ${first.source} and ${other.source} disagree. Unset one, or pass the value as an option.`,
  );
}

export function readVariable(variables: Variables | undefined, name: string): string | undefined {
  try {
    const all = variables ?? (globalThis as { process?: { env?: Variables } }).process?.env;
    // A variable of its own, and not what a polluted prototype would have it be.
    return all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
  } catch {
    // Deno throws if the program is not allowed to read the variable; for us it is not set then.
    return undefined;
  }
}
