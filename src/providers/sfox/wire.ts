import * as z from 'zod/mini';
import { isToken } from '../../http/token.js';
import { toDate } from '../../time.js';

/** sFOX's error body. */
export interface SfoxErrorBody {
  /** The error message. */
  readonly error: string;
}

/** Parses ISO 8601, with or without milliseconds. sFOX documents UTC, so a time without a zone is UTC, not local time. */
function parseTime(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  return toDate(/(?:z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
}

/** https://docs.sfox.com/connect/rest-api/end-users/create-user-auth-token */
export const userToken = /* @__PURE__ */ (() =>
  z.object({
    token: z.string().check(z.refine(isToken)),
    partner_user_id: z.string(),
    expires: z.pipe(
      z.string(),
      z.transform((text, { issues }) => {
        const date = parseTime(text);
        if (date !== undefined) return date;
        issues.push({ code: 'custom', input: text });
        return z.NEVER;
      }),
    ),
  }))();

/** The 201 for one user. */
export const singleBody = /* @__PURE__ */ (() => z.object({ data: userToken }))();

/** The 201 for many users. Each entry is checked by itself, so that a wrong one fails only its own user. */
export const batchBody = /* @__PURE__ */ (() => z.object({ data: z.array(z.unknown()) }))();

/** The user of an entry. */
export const ownerOfEntry = /* @__PURE__ */ (() => z.object({ partner_user_id: z.string() }))();

export const errorBody = /* @__PURE__ */ ((): z.ZodMiniType<SfoxErrorBody> => z.object({ error: z.string() }))();
