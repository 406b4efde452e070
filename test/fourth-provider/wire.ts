import * as z from 'zod/mini';
import { lazy } from '../../src/http/schemas.js';

/** Flat, with codes of two levels, and the id of the request beside them. */
export interface FourthErrorBody {
  readonly error_type: string;
  readonly error_code: string;
  readonly error_message: string;
  readonly request_id?: string | undefined;
}

export const tokenBody = /* @__PURE__ */ lazy(() =>
  z.object({ access_token: z.string().check(z.minLength(1)), expiration: z.iso.datetime() }),
);

export const errorBody = /* @__PURE__ */ lazy((): z.ZodMiniType<FourthErrorBody> =>
  z.object({
    error_type: z.string(),
    error_code: z.string(),
    error_message: z.string(),
    request_id: z.optional(z.string()),
  }),
);

/** Every answer has it, whatever else it holds. */
export const anyBody = /* @__PURE__ */ lazy(() => z.object({ request_id: z.string() }));
