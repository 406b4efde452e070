import * as z from 'zod/mini';
import { lazy, nonEmptyText, nullishText, text, token } from '../../http/schemas.js';

/**
 * Junction's error body. Its documentation does not define `detail`. It has been observed as a text, as a list of Pydantic's
 * errors (`{ type, loc, msg, input }`), and as an object with `error_type` and `error_message`.
 */
export interface JunctionErrorBody {
  /** A sentence, a list of issues (422), or an object with `error_type` and `error_message`. */
  readonly detail?: string | readonly unknown[] | Readonly<Record<string, unknown>> | null | undefined;
}

/** The 200 of https://docs.junction.com/api-reference/user/create-sign-in-token */
export const signInTokenBody = /* @__PURE__ */ lazy(() =>
  z.object({
    user_id: text(),
    sign_in_token: token(),
  }),
);

export const errorBody = /* @__PURE__ */ lazy((): z.ZodMiniType<JunctionErrorBody> => {
  const isDetail = (value: unknown) => typeof value === 'string' || typeof value === 'object';
  return z.object({ detail: z.optional(z.custom<JunctionErrorBody['detail']>(isDetail)) });
});

function isLocation(value: unknown): boolean {
  if (!Array.isArray(value)) return value === null;
  return value.every((step) => typeof step === 'string' || typeof step === 'number');
}

/** One entry of Pydantic's list. */
export const validationIssue = /* @__PURE__ */ lazy(() =>
  z.object({
    loc: z.optional(z.custom<readonly (string | number)[] | null>(isLocation)),
    msg: text(),
    type: nullishText(),
  }),
);

/** The form of `detail` as an object. */
export const errorObject = /* @__PURE__ */ lazy(() =>
  z.object({
    error_type: nullishText(),
    error_message: text(),
  }),
);

/** The 200 of https://docs.junction.com/api-reference/user/create-user, resolve-user and get-user. */
export const userBody = /* @__PURE__ */ lazy(() =>
  z.object({
    user_id: nonEmptyText(),
    client_user_id: text(),
    // Documented as required, but a user without it is accepted as well.
    created_on: nullishText(),
  }),
);

/** The 400 for a user who exists already. */
export const existingUser = /* @__PURE__ */ lazy(() =>
  z.object({ detail: z.object({ user_id: nonEmptyText(), created_on: nullishText() }) }),
);

/** Whether two ids are the same user. Junction may return a UUID in another case, or with added hyphens. */
export function isSameUser(answered: string, asked: string): boolean {
  if (answered === asked) return true;
  const digits = toDigits(asked);
  return /^[0-9a-f]{32}$/.test(digits) && toDigits(answered) === digits;
}

function toDigits(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}
