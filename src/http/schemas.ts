// Answers are checked with `object`, `optional` and `custom` alone: zod's other schemas make every bundle larger.
import * as z from 'zod/mini';

/** Whether a text can be a token: not blank, and without control characters, which no header or link can hold. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !/\p{Cc}/u.test(value);
}

/** Makes a schema when it is first needed: to make all of them takes as long as to evaluate the rest of the package. */
export function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export const token = /* @__PURE__ */ lazy(() => z.custom<string>(isToken));

export const text = /* @__PURE__ */ lazy(() => z.custom<string>((value) => typeof value === 'string'));

export const nonEmptyText = /* @__PURE__ */ lazy(() =>
  z.custom<string>((value) => typeof value === 'string' && value !== ''),
);

/** A text, `null`, or nothing. */
export const nullishText = /* @__PURE__ */ lazy(() =>
  z.optional(z.custom<string | null>((value) => value === null || typeof value === 'string')),
);

export const list = /* @__PURE__ */ lazy(() => z.custom<readonly unknown[]>(Array.isArray));
