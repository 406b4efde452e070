import { once } from 'node:events';
import { providerIds } from '../providers/create-issuer.js';
import { type FakeServerOptions, startFakeServer } from '../testing/server/index.js';
import { type CliContext, exitCodes, print, UsageError } from './context.js';
import { openUntilAborted } from './files.js';

/** The parsed options of the command. */
export interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  /** The path of a JSON file. */
  readonly data?: string;
  readonly unknown?: 'accept' | 'refuse';
  readonly keep?: number;
  readonly quiet?: boolean;
}

/** Parses a port; `undefined` if the text is not one. */
export function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** Serves fakes until it is interrupted; that is the normal end of a server, and not a failure. */
export async function serve(context: CliContext, flags: ServeFlags): Promise<number> {
  const { env, stderr, signal } = context;
  const { data, unknown, keep, quiet = false } = flags;
  const options: FakeServerOptions = {
    port: flags.port ?? readPort(env['PORT']) ?? 4010,
    host: flags.host ?? (env['HOST'] === '' ? undefined : env['HOST']),
    unknown,
    keep,
    ...(data === undefined ? {} : { data: await readData(data, signal) }),
    ...(quiet ? {} : { onRequest: (line) => stderr.write(`${line}\n`) }),
  };
  const server = await startFakeServer(options).catch((error: unknown) => {
    // An error of use, such as a port that is taken. The flags have the names of options.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replace('`port`', '--port').replace('`host`', '--host'));
  });
  await print(context, providerIds.map((id) => `${id.padEnd(9)} ${server.baseUrls[id]}\n`).join(''));
  stderr.write(`Serving fakes. To watch and control them, open ${server.url}/_fakes/. Stop with Ctrl+C.\n`);
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
  return exitCodes.done;
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = parsePort(text);
  if (port === undefined) throw new UsageError('The variable PORT must be a port, 0 to 65535.');
  return port;
}

/** No message repeats the path or the content: both may hold a key. */
async function readData(path: string, signal: AbortSignal): Promise<NonNullable<FakeServerOptions['data']>> {
  const bytes = await readBytes(path, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageError(`The file of --data cannot be read${code}. Give the path of a JSON file.`);
  });
  let text: string;
  try {
    // Without a byte order mark, with which some editors begin a file.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('The file of --data is not UTF-8. Convert it first, as iconv -t UTF-8 does.');
  }
  try {
    return JSON.parse(text) as NonNullable<FakeServerOptions['data']>;
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
    const line =
      position === undefined ? '' : `, see line ${String(text.slice(0, Number(position)).split('\n').length)}`;
    throw new UsageError(`The file of --data is not valid JSON${line}.`);
  }
}

async function readBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  const file = await openUntilAborted(path, signal);
  return Buffer.concat((await file.toArray()) as Buffer[]);
}
