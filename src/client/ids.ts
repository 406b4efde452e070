import { InvalidInputError } from '../errors.js';
import type { CallContext } from './options.js';

/** Whether an id has a dot segment (`.` or `..`), which a server could resolve as a step in the path. */
export function hasDotSegment(id: string): boolean {
  return /(?:^|[\\/])\.\.?(?:[\\/]|$)/.test(id);
}

/** Refuses ids that cannot be sent as text, and ids that hold a key. Whether an id exists is for the provider to say. */
export function checkText(context: CallContext, name: string, id: unknown): asserts id is string {
  if (typeof id !== 'string') refuseId(context, name, 'must be a string');
  if (id === '') refuseId(context, name, 'must not be empty');
  if (!id.isWellFormed()) refuseId(context, name, 'must be well-formed Unicode, without lone surrogates');
  if (context.keyring?.isKeyIn(id) === true) refuseId(context, name, keyProblem);
}

const keyProblem = 'is or contains an API key, which must not be part of a URL. Pass only the id';

/** Checks the ids of a request again, if a function has returned a key that was not known when they were checked. */
export function refuseKeys(context: CallContext, ids: readonly string[]): void {
  const name = context.operation === 'revokeToken' ? 'tokenId' : 'userId';
  if (ids.some((id) => context.keyring?.isKeyIn(id) === true)) refuseId(context, name, keyProblem);
}

/**
 * Refuses an id that cannot be one segment of a path. An empty id would lead to another endpoint. So would dot segments, if
 * a server decodes an encoded slash before it resolves them, as Junction's does. A lone surrogate cannot be encoded.
 */
export function checkId(context: CallContext, name: string, id: unknown): asserts id is string {
  checkText(context, name, id);
  if (hasDotSegment(id)) refuseId(context, name, 'must not be or contain a dot segment (`.` or `..`)');
}

/** Throws the error for an id that cannot be sent. `name` is that of the argument. */
export function refuseId(context: CallContext, name: string, problem: string): never {
  throw new InvalidInputError({
    code: name === 'tokenId' ? 'invalid_token_id' : 'invalid_user_id',
    message: `${context.label}: \`${name}\` ${problem}. Nothing was sent.`,
    provider: context.provider,
    operation: context.operation,
  });
}
