import { InvalidInputError, type InvalidInputErrorCode } from '../errors.js';
import type { CallContext } from './options.js';

/** Whether an id holds a part that a server could take for a step in a path. */
export function hasDotSegment(id: string): boolean {
  return id.split(/[\\/]/).some((part) => part === '.' || part === '..');
}

/** Refuses what is no text that can be sent, and keys. Which ids exist is for the provider to say. */
export function checkText(
  context: CallContext,
  code: InvalidInputErrorCode,
  name: string,
  id: unknown,
): asserts id is string {
  if (typeof id !== 'string') refuseId(context, code, name, 'must be a string');
  if (id === '') refuseId(context, code, name, 'must not be empty');
  if (!id.isWellFormed()) refuseId(context, code, name, 'must be well-formed Unicode, without lone surrogates');
  if (context.keyring?.isHeldBy(id) === true) refuseId(context, code, name, keyProblem);
}

const keyProblem = 'is or holds a key, which is to stand in no address. Give the id alone';

/** Refuses ids of a request that are or hold a key which was not known before. */
export function refuseKeys(context: CallContext, ids: readonly string[]): void {
  const isToken = context.operation === 'revokeToken';
  const [code, name] = isToken ? (['invalid_token_id', 'tokenId'] as const) : (['invalid_user_id', 'userId'] as const);
  if (ids.some((id) => context.keyring?.isHeldBy(id) === true)) refuseId(context, code, name, keyProblem);
}

/**
 * Refuses an id that could not be one segment of a path, and nothing else. An empty id would name another endpoint, and so
 * would dot segments where a server decodes an encoded slash before it folds them, as Junction's does; a lone surrogate
 * cannot be encoded.
 */
export function checkId(
  context: CallContext,
  code: InvalidInputErrorCode,
  name: string,
  id: unknown,
): asserts id is string {
  checkText(context, code, name, id);
  if (hasDotSegment(id)) refuseId(context, code, name, 'must not be or hold a dot segment');
}

/** Throws the error for an id that cannot be sent. */
export function refuseId(context: CallContext, code: InvalidInputErrorCode, name: string, problem: string): never {
  throw new InvalidInputError({
    code,
    message: `${context.label}: \`${name}\` ${problem}. Nothing was sent.`,
    provider: context.provider,
    operation: context.operation,
  });
}
