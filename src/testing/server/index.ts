/**
 * The fakes as a local HTTP server, for Node.js: what `tokenwright serve` is made of.
 *
 * @module tokenwright/testing/server
 */
import { providerIds } from '../../providers/create-issuer.js';
import { createFakeProviders, type FakeProviders, type FakeProvidersOptions } from '../../testing/index.js';
import { checkNames, checkText } from '../checks.js';
import { applyData, checkData, type FakeServerData } from './data.js';
import { type ServedFakes, serveFakes } from './serve.js';

export type { FakeServerData, FakeServerKey, FakeServerOrganizations } from './data.js';

/** Options of {@link startFakeServer}. */
export interface FakeServerOptions extends Pick<FakeProvidersOptions, 'now' | 'randomSeed'> {
  /**
   * The port to listen on.
   * @default 0, a free one
   */
  readonly port?: number | undefined;
  /**
   * The address to listen on.
   * @default '127.0.0.1'
   */
  readonly host?: string | undefined;
  /** Users, keys, organizations and limits to begin with, and to return to at a reset. */
  readonly data?: FakeServerData | undefined;
  /**
   * The users that a provider without a list in `data` knows: every user until one is added (`accept`), or only those that
   * are added (`refuse`).
   * @default 'accept'
   */
  readonly unknown?: 'accept' | 'refuse' | undefined;
  /**
   * The maximum number of calls, tokens, users and keys that each fake keeps; as `keep` of `createFakeProviders`.
   * @default 10000
   */
  readonly keep?: number | undefined;
  /** Called with a line for each request, once it has ended. It holds no key and no query. */
  readonly onRequest?: ((line: string) => void) | undefined;
}

/** Fakes as a running HTTP server. */
export interface FakeServer extends ServedFakes {
  /** Where it listens, without a slash at the end. Its page and its controls are at `/_fakes/`. */
  readonly url: string;
  /** The `baseUrl` for the client of each provider. */
  readonly baseUrls: ServedFakes['baseUrls'];
  /** The fakes themselves. */
  readonly fakes: FakeProviders;
  /** Stops listening, and ends all connections. */
  readonly close: () => Promise<void>;
  /** The same as `close`, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const optionNames = ['port', 'host', 'data', 'unknown', 'keep', 'onRequest', 'now', 'randomSeed'];

/**
 * Starts the fakes as an HTTP server: one port, a path prefix for each provider, controls and a page at `/_fakes/`.
 *
 * @throws TypeError for an unknown or wrong option, and for wrong data; the message names the field.
 * @throws Error with the `code` of Node.js for a port that is taken or an address that is not this machine's.
 * @example
 * const server = await startFakeServer({ data: { users: { clerk: ['user_1'] } } });
 * const clerk = createClerk({ apiKey: 'sk_test_made-up', baseUrl: server.baseUrls.clerk });
 * await server.close();
 */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  checkNames('option', options, optionNames);
  checkOptions(options);
  const fakes = createServedFakes(options);
  const { port, host, onRequest } = options;
  const served = await serveFakes(fakes, { port, host, onRequest }).catch((error: unknown) => {
    throw toListenError(error, port ?? 0, host ?? '127.0.0.1');
  });
  return { ...served, fakes, [Symbol.asyncDispose]: served.close };
}

/** Node.js would take a string as the path of a socket. A wrong `onRequest` would fail only at the first request. */
function checkOptions({
  unknown,
  port,
  host,
  onRequest,
}: { readonly [Name in keyof FakeServerOptions]: unknown }): void {
  if (unknown !== undefined && unknown !== 'accept' && unknown !== 'refuse') {
    throw new TypeError("`unknown` must be 'accept' or 'refuse'.");
  }
  if (port !== undefined && !(Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535)) {
    throw new TypeError('`port` must be a whole number from 0 to 65535.');
  }
  if (host !== undefined) checkText(host, 'host');
  if (onRequest !== undefined && typeof onRequest !== 'function')
    throw new TypeError('`onRequest` must be a function.');
}

/** Fakes that begin with the data, and return to it at a reset. */
function createServedFakes({ data = {}, unknown, keep = 10_000, now, randomSeed }: FakeServerOptions): FakeProviders {
  const checked = checkData(data);
  const nobody = unknown === 'refuse' ? Object.fromEntries(providerIds.map((id) => [id, []])) : {};
  const made = createFakeProviders({ now, randomSeed, keep, users: { ...nobody, ...checked.users } });
  const fakes: FakeProviders = {
    ...made,
    reset() {
      made.reset();
      applyData(made, checked);
    },
  };
  applyData(fakes, checked);
  return fakes;
}

function toListenError(error: unknown, port: number, host: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const advice =
    code === 'EADDRINUSE' || code === 'EACCES'
      ? 'Pass another `port`, or 0 for a free one.'
      : 'Pass an address of this machine as `host`, such as 127.0.0.1.';
  const message = `Cannot serve on port ${String(port)} of ${host} (${code ?? String(error)}). ${advice}`;
  return Object.assign(new Error(message, { cause: error }), { code });
}
