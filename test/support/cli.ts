import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/run.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { subjects } from './subjects/index.js';

/** Variables with which all providers are ready. */
export const environment: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(subjects).map(({ variables }) => variables),
);

export interface CliOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string | Readable;
  readonly signal?: AbortSignal;
  /** Whether a stream pretends to be a terminal. */
  readonly terminal?: { readonly stdout?: boolean; readonly stderr?: boolean };
}

/** The command line over fakes of its own, as a function of its arguments. */
export function createCli() {
  const fakes = createFakeProviders();
  return {
    fakes,
    async run(args: string, { env = environment, stdin = '', signal, terminal = {} }: CliOptions = {}) {
      const stdout = Object.assign(new PassThrough(), { isTTY: terminal.stdout === true });
      const stderr = Object.assign(new PassThrough(), { isTTY: terminal.stderr === true });
      const printed = Promise.all([text(stdout), text(stderr)]);
      const exitCode = await run(args.split(' ').filter(Boolean), {
        env,
        stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [stdin]) : stdin,
        stdout,
        stderr,
        fetch: fakes.fetch,
        signal: signal ?? new AbortController().signal,
      });
      stdout.end();
      stderr.end();
      const [out, errors] = await printed;
      return { exitCode, stdout: out, stderr: errors, lines: out.split('\n').filter(Boolean) };
    },
  };
}
