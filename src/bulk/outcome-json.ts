import { errorFromJSON, errorToPlain } from '../errors/json.js';
import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields, IssueOutcome } from '../issuer.js';
import { concealSecrets } from '../secrets/conceal.js';
import { isSecretName } from '../secrets/json.js';
import { toDate } from '../time.js';

/** An outcome as plain data, for a queue, a file or another process. */
export type OutcomeJSON = {
  /** The position of the input, from 0. */
  readonly index: number;
  /** The input itself. */
  readonly userId: string;
} & (
  | {
      /** A token was issued. */
      readonly status: 'fulfilled';
      /** The fields of the token, dates as ISO 8601 strings. */
      readonly value: Readonly<Record<string, string | number | boolean | null>>;
    }
  | {
      /** No token was issued. */
      readonly status: 'rejected';
      /** The fields of the error. */
      readonly reason: Readonly<Record<string, unknown>>;
    }
);

/**
 * A token restored from JSON: without `raw`, and with its secrets only if `includeToken` was set. The other fields of its
 * provider are there as well, such as Clerk's `id`: check for them with `'id' in token`.
 */
export type RestoredToken = Omit<IssuedTokenFields, 'token' | 'raw'> & {
  /** The secret itself, if `includeToken` was set. */
  readonly token?: string;
};

/** An outcome restored from JSON. */
export type RestoredOutcome = {
  /** The position of the input, from 0. */
  readonly index: number;
  /** The input itself. */
  readonly userId: string;
} & (
  | {
      /** A token was issued. */
      readonly status: 'fulfilled';
      /** The token, without `raw`. */
      readonly value: RestoredToken;
    }
  | {
      /** No token was issued. */
      readonly status: 'rejected';
      /** The error; `switch` on `reason.code` to narrow it. */
      readonly reason: KnownError;
    }
);

type Field = Extract<OutcomeJSON, { readonly status: 'fulfilled' }>['value'][string];

/** The most fields of a token that are restored: more than any has. */
const maxFields = 50;

/**
 * Turns an outcome into plain data. Leaves out `stack`, `cause` and `details` of an error, and `raw` of a token.
 *
 * @param options - `includeToken`: whether to include the secrets of the token; whatever stores the JSON then stores them.
 *   By default `false`.
 */
export function outcomeToJSON(
  outcome: IssueOutcome,
  { includeToken = false }: { readonly includeToken?: boolean | undefined } = {},
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
 * Restores an outcome from the JSON of {@link outcomeToJSON}. An error has its class again: `instanceof` and
 * {@link isTokenwrightError} recognize it. Printing a restored token shows no secret.
 *
 * @param value - The plain data, or the result of `JSON.parse`; not the text.
 * @returns `undefined` if the value is not such an outcome.
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
    // For all providers, fields whose names end in `At` are dates.
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
  return concealSecrets(restored, secretNames, { requestId: () => requestId, issuedAt: () => issuedAt });
}

function isField(value: unknown): value is Field {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
