import { type CallContext, configurationError } from './options.js';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A value, and the option or variable it is from, for messages. */
export interface Setting<Value = unknown> {
  readonly value: Value;
  readonly source: string;
}

/** The arguments that all steps of a client's setup share. */
export interface Setup {
  readonly context: CallContext;
  /** The environment variables; by default those of the process, if there is one. */
  readonly variables: Variables | undefined;
}

/** Reads the first variable that is set. If several are set, they must be equal: their order must not decide. */
export function readVariables({ context, variables }: Setup, names: readonly string[]): Setting<string> | undefined {
  const settings = names.flatMap((source) => {
    const value = readVariable(variables, source);
    return value === undefined || value.trim() === '' ? [] : [{ value, source }];
  });
  const [first, ...more] = settings;
  const other = more.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return first;
  throw configurationError(
    context,
    'environment_mismatch',
    `the environment variables ${first.source} and ${other.source} differ. Unset one, or pass the value as an option.`,
  );
}

export function readVariable(variables: Variables | undefined, name: string): string | undefined {
  try {
    const all = variables ?? (globalThis as { process?: { env?: Variables } }).process?.env;
    // Own properties only: a polluted prototype must not set a variable.
    return all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
  } catch {
    // Deno throws if the program may not read the variable; it then counts as not set.
    return undefined;
  }
}
