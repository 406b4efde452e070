import { type CallContext, checkFunction, checkOptionNames, invalidOption } from '../client/options.js';
import type { ConfigurationError } from '../errors.js';
import { checkOrigins } from './origins.js';
import type { Authorization, MaybePromise, TokenEndpointOptions, TokenSource } from './types.js';

const context: CallContext = { provider: undefined, label: 'The token endpoint', operation: 'createClient' };
const optionNames = ['issuer', 'authorize', 'origins', 'format', 'limitRate', 'audit'];

function refuse(problem: string): ConfigurationError {
  return invalidOption(context, problem);
}

export function checkOptions(options: unknown): void {
  checkOptionNames(context, options, optionNames);
  const { issuer, authorize, origins, format, limitRate, audit } = options as Record<string, unknown>;
  if (typeof issuer !== 'function') checkSource(issuer);
  if (typeof authorize !== 'function')
    throw refuse('`authorize` must be a function that returns the id of the signed-in user.');
  checkOrigins(context, origins);
  checkFunction(context, 'limitRate', limitRate);
  checkFunction(context, 'audit', audit);
  if (format !== undefined && format !== 'default' && format !== 'junction_guide') {
    throw refuse("`format` must be 'default' or 'junction_guide'.");
  }
}

function checkSource(source: unknown): asserts source is TokenSource {
  if (typeof (source as Partial<TokenSource> | null | undefined)?.issueToken === 'function') return;
  throw refuse('`issuer` must be a client, such as the result of createClerk(), or a function that returns one.');
}

/** The issuer of one endpoint. */
interface KeptSource {
  /** The issuer, if it has been made. */
  readonly current: () => TokenSource | undefined;
  /** The issuer; makes it at the first call. */
  readonly get: () => MaybePromise<TokenSource>;
}

/** Keeps the first client that is made. Requests at the same time may make one each, so that none waits for another. */
export function keepSource({ issuer }: Pick<TokenEndpointOptions<never>, 'issuer'>): KeptSource {
  if (typeof issuer !== 'function') return { current: () => issuer, get: () => issuer };
  let kept: TokenSource | undefined;
  const make = async () => {
    const made = await issuer();
    checkSource(made);
    return (kept ??= made);
  };
  return { current: () => kept, get: () => kept ?? make() };
}

/** Throws if the argument is not a Request. Its signal is needed to abort the call. */
export function checkRequest(request: unknown): void {
  const { method, headers, signal } = (request ?? {}) as Partial<Request>;
  // Not `instanceof`: a Request may come from another realm.
  if (typeof method === 'string' && typeof headers?.get === 'function' && typeof signal?.aborted === 'boolean') return;
  throw new TypeError(
    'The endpoint must be called with a Request of the Fetch API. For node:http, Express, Fastify and the like, use ' +
      'toNodeHandler(endpoint).',
  );
}

/** Whether `authorize` returned a Response. Not `instanceof`: it may come from another realm. */
export function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null || 'userId' in value) return false;
  if ('status' in value && 'headers' in value && 'clone' in value) return true;
  throw new TypeError('`authorize` must return an id, an object with `userId`, null, or a Response.');
}

/** The signed-in user. The fields are read only once, because a getter of a session object may change its answer. */
export function toAuthorization(authorized: string | Authorization | null | undefined): Authorization | undefined {
  if (authorized === null || authorized === undefined) return undefined;
  // The issuer refuses an id that is not a string.
  if (typeof authorized !== 'object') return authorized === '' ? undefined : { userId: authorized };
  const { userId, caller } = authorized as { readonly userId?: string | null; readonly caller?: string };
  return userId === '' || userId === undefined || userId === null ? undefined : { userId, caller };
}
