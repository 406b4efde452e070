import * as z from 'zod/mini';
import { lazy, list, text, token } from '../../http/schemas.js';
import { toDate } from '../../time.js';

/** sFOX's error body. */
export interface SfoxErrorBody {
  /** The error message. */
  readonly error: string;
}

/**
 * Reads ISO 8601, with or without milliseconds; `undefined` if the text is something else. sFOX documents UTC, so a time
 * without a zone is UTC, not local time.
 */
export function toExpiry(text: string): Date | undefined {
  const match = /^\d{4}-\d{2}-\d{2}T[\d:.]+([Zz]|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (match === null) return undefined;
  return toDate(match[1] === undefined ? `${text}Z` : text);
}

/** https://docs.sfox.com/connect/rest-api/end-users/create-user-auth-token */
export const userToken = /* @__PURE__ */ lazy(() =>
  z.object({ token: token(), partner_user_id: text(), expires: text() }),
);

/** The 201 for one user. */
export const singleBody = /* @__PURE__ */ lazy(() => z.object({ data: userToken() }));

/** The 201 for many users. Each entry is checked by itself, so that a wrong one fails only its own user. */
export const batchBody = /* @__PURE__ */ lazy(() => z.object({ data: list() }));

/** The user of an entry. */
export const ownerOfEntry = /* @__PURE__ */ lazy(() => z.object({ partner_user_id: text() }));

export const errorBody = /* @__PURE__ */ lazy((): z.ZodMiniType<SfoxErrorBody> => z.object({ error: text() }));
