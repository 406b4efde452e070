import * as z from 'zod/mini';

/** One error of Clerk's. */
export interface ClerkErrorItem {
  /** What is wrong, briefly. */
  readonly message: string;
  /** What is wrong, in a sentence. */
  readonly long_message?: string | null | undefined;
  /** What is wrong, for programs. */
  readonly code: string;
  /** More of it, such as `param_name`. */
  readonly meta?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Clerk's error body. */
export interface ClerkErrorBody {
  /** What is wrong, at least one. */
  readonly errors: readonly ClerkErrorItem[];
  /** The id to quote to Clerk's support. */
  readonly clerk_trace_id?: string | null | undefined;
}

/** Clerk counts in milliseconds. A number this small would be 1973: then it is seconds, as in other Clerk resources. */
const firstMillisecondTime = 100_000_000_000;

export function toDate(timestamp: number): Date {
  return new Date(timestamp < firstMillisecondTime ? timestamp * 1000 : timestamp);
}

/** The end of the year 9999. Beyond some point there are no dates, and a lifetime comes on top. */
const maxTime = 253_402_300_799_999;

/** SignInToken of Clerk's Backend API, 2026-05-12. `status` is open: a new one must not fail a call. */
export const signInTokenBody = /* @__PURE__ */ (() => {
  const time = z.number().check(z.nonnegative(), z.lte(maxTime));
  return z.object({
    id: z.string().check(z.minLength(1)),
    status: z.string(),
    user_id: z.string(),
    created_at: time,
    updated_at: time,
    token: z.nullish(z.string()),
    url: z.nullish(z.string()),
  });
})();

export const errorBody = /* @__PURE__ */ ((): z.ZodMiniType<ClerkErrorBody> => {
  const item = z.object({
    message: z.string(),
    long_message: z.nullish(z.string()),
    code: z.string(),
    meta: z.nullish(z.record(z.string(), z.unknown())),
  });
  return z.object({ errors: z.array(item), clerk_trace_id: z.nullish(z.string()) });
})();

/** The id of an answer to quote to Clerk's support, which may stand in any body. */
export const tracedBody = /* @__PURE__ */ (() => z.object({ clerk_trace_id: z.string() }))();
