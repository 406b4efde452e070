import * as z from 'zod/mini';
import { lazy, nonEmptyText, nullishText, text } from '../../http/schemas.js';

/** One error in Clerk's error body. */
export interface ClerkErrorItem {
  /** A short message. */
  readonly message: string;
  /** A message in a full sentence. */
  readonly long_message?: string | null | undefined;
  /** The error code. */
  readonly code: string;
  /** Details such as `param_name`. */
  readonly meta?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Clerk's error body. */
export interface ClerkErrorBody {
  /** The errors, at least one. */
  readonly errors: readonly ClerkErrorItem[];
  /** The id to quote to Clerk's support. */
  readonly clerk_trace_id?: string | null | undefined;
}

/** Clerk's times are in milliseconds. A smaller number (before 1973) is in seconds, as in other Clerk resources. */
const firstMillisecondTime = 100_000_000_000;

export function toDate(timestamp: number): Date {
  return new Date(timestamp < firstMillisecondTime ? timestamp * 1000 : timestamp);
}

/** The end of the year 9999: this time plus a lifetime is still a valid date. */
const maxTime = 253_402_300_799_999;

/** SignInToken of Clerk's Backend API, 2026-05-12. `status` may be any text: a new status must not fail a call. */
export const signInTokenBody = /* @__PURE__ */ lazy(() => {
  const time = z.custom<number>((value) => typeof value === 'number' && value >= 0 && value <= maxTime);
  return z.object({
    id: nonEmptyText(),
    status: text(),
    user_id: text(),
    created_at: time,
    updated_at: time,
    token: nullishText(),
    url: nullishText(),
  });
});

export const errorBody = /* @__PURE__ */ lazy((): z.ZodMiniType<ClerkErrorBody> => {
  const isMeta = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
  const item = z.object({
    message: text(),
    long_message: nullishText(),
    code: text(),
    meta: z.optional(z.custom<ClerkErrorItem['meta']>(isMeta)),
  });
  const isItem = (value: unknown) => z.safeParse(item, value).success;
  const isList = (value: unknown) => Array.isArray(value) && value.every(isItem);
  return z.object({ errors: z.custom<readonly ClerkErrorItem[]>(isList), clerk_trace_id: nullishText() });
});

/** Any body with a trace id, to quote to Clerk's support. */
export const tracedBody = /* @__PURE__ */ lazy(() => z.object({ clerk_trace_id: text() }));
