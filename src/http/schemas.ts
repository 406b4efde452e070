// Answers are checked with `object`, `string`, `optional` and `custom` alone: zod's other schemas make every bundle 2 kB larger.
import * as z from 'zod/mini';

/** Whether a text can be a token: not blank, and without control characters, which no header or link can hold. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !/\p{Cc}/u.test(value);
}

export const token = /* @__PURE__ */ (() => z.custom<string>(isToken))();

export const nonEmptyText = /* @__PURE__ */ (() =>
  z.custom<string>((value) => typeof value === 'string' && value !== ''))();

/** A text, `null`, or nothing. */
export const nullishText = /* @__PURE__ */ (() =>
  z.optional(z.custom<string | null>((value) => value === null || typeof value === 'string')))();

export const list = /* @__PURE__ */ (() => z.custom<readonly unknown[]>(Array.isArray))();
