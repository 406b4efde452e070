import { errorFromJSON, errorToPlain } from '../errors/json.js';
import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields, IssueOutcome } from '../issuer.js';
import { concealSecrets } from '../secrets/conceal.js';
import { isSecretName } from '../secrets/json.js';
import { toDate } from '../time.js';

/** An outcome as plain data, for a queue, a file or another process. */
export type OutcomeJSON = {
  /** The place of the input, from 0. */
  readonly index: number;
  /** The input itself. */
  readonly userId: string;
} & (
  | {
      /** A token was issued. */
      readonly status: 'fulfilled';
      /** The fields of the token, dates as texts. */
      readonly value: Readonly<Record<string, string | number | boolean | null>>;
    }
  | {
      /** No token was issued. */
      readonly status: 'rejected';
      /** The fields of the error. */
      readonly reason: Readonly<Record<string, unknown>>;
    }
);

/** What is left of a token in JSON: all but `raw`, and its secrets only if they were asked for. */
export type RestoredToken = Omit<IssuedTokenFields, 'token' | 'raw'> & {
  /** The secret itself, if it was asked for. */
  readonly token?: string;
};

/** An outcome that comes from JSON. */
export type RestoredOutcome = {
  /** The place of the input, from 0. */
  readonly index: number;
  /** The input itself. */
  readonly userId: string;
} & (
  | {
      /** A token was issued. */
      readonly status: 'fulfilled';
      /** What is left of it. */
      readonly value: RestoredToken;
    }
  | {
      /** No token was issued. */
      readonly status: 'rejected';
      /** Why; `reason.code` narrows it. */
      readonly reason: KnownError;
    }
);

type Field = Extract<OutcomeJSON, { readonly status: 'fulfilled' }>['value'][string];

/** More than any token has. */
const maxFields = 50;

/**
 * An outcome as plain data. The error is without its stack, its cause and its `details`; the token without `raw`.
 *
 * @param options - With `includeToken` the secrets of the token are in it. A queue would store them.
 */
export function outcomeToJSON(
  outcome: IssueOutcome,
  { includeToken = false }: { readonly includeToken?: boolean } = {},
): OutcomeJSON {
  const { index, userId } = outcome;
  if (outcome.status === 'rejected') {
    return { index, userId, status: 'rejected', reason: errorToPlain(outcome.reason) };
  }
  const { requestId, issuedAt } = outcome.value;
  const fields = Object.entries({ ...outcome.value, requestId, issuedAt }).flatMap(
    ([name, value]): [string, Field][] => {
      if (name === 'raw' || (isSecretName(name) && !includeToken)) return [];
      const field: unknown = value instanceof Date ? value.toISOString() : value;
      return isField(field) ? [[name, field]] : [];
    },
  );
  return { index, userId, status: 'fulfilled', value: Object.fromEntries(fields) };
}

/**
 * An outcome as it was before {@link outcomeToJSON}. Its error is of its class, known to `instanceof` and to
 * {@link isTokenwrightError}; its token shows no secret if it is printed, as before.
 *
 * @returns `undefined` for anything that is no such outcome.
 */
export function outcomeFromJSON(value: unknown): RestoredOutcome | undefined {
  if (!isObject(value)) return undefined;
  const { index, userId, status, reason: error, value: fields } = value;
  if (!Number.isSafeInteger(index) || Number(index) < 0 || typeof userId !== 'string') return undefined;
  const input = { index: Number(index), userId };
  const reason = status === 'rejected' ? errorFromJSON(error) : undefined;
  if (reason !== undefined) return { ...input, status: 'rejected', reason };
  const token = status === 'fulfilled' ? toToken(fields) : undefined;
  return token && { ...input, status: 'fulfilled', value: token };
}

function toToken(value: unknown): RestoredToken | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value)
    .slice(0, maxFields)
    .filter(([name, field]) => name !== '__proto__' && name !== 'raw' && isField(field))
    // Fields with this ending are dates, for every provider.
    .map(([name, field]): [string, unknown] => [
      name,
      name.endsWith('At') ? toDate(typeof field === 'string' ? field : '') : field,
    ]);
  const fields: Record<string, unknown> = { expiresAt: undefined, ...Object.fromEntries(entries) };
  const { requestId, issuedAt, ...listed } = fields;
  const { provider, userId, token, expiresAt } = listed;
  if (typeof provider !== 'string' || typeof userId !== 'string') return undefined;
  if (token !== undefined && typeof token !== 'string') return undefined;
  const restored: RestoredToken = {
    ...listed,
    provider,
    userId,
    expiresAt: expiresAt instanceof Date ? expiresAt : undefined,
    ...(token === undefined ? {} : { token }),
  };
  const secretNames = Object.keys(listed).filter(isSecretName) as (keyof RestoredToken)[];
  return concealSecrets(restored, secretNames, { requestId, issuedAt });
}

function isField(value: unknown): value is Field {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
