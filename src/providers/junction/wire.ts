import * as z from 'zod/mini';

/** One complaint in the form of Pydantic, which Junction's server validates with. */
export interface JunctionValidationIssue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type?: string | undefined;
  readonly [name: string]: unknown;
}

/** The object that some of Junction's errors hold. */
export interface JunctionErrorObject {
  readonly error_type?: string | undefined;
  readonly error_message?: string | undefined;
  readonly [name: string]: unknown;
}

/** Junction's error body. Its documentation leaves `detail` open; these are the forms it is seen in. */
export interface JunctionErrorBody {
  readonly detail?: string | readonly JunctionValidationIssue[] | JunctionErrorObject | null | undefined;
}

/** The 200 of https://docs.junction.com/api-reference/user/create-sign-in-token */
export const signInTokenBody = /* @__PURE__ */ (() =>
  z.object({
    user_id: z.string(),
    sign_in_token: z.string().check(z.minLength(1)),
  }))();

export const errorBody = /* @__PURE__ */ ((): z.ZodMiniType<JunctionErrorBody> => {
  const issue = z.looseObject({
    loc: z.array(z.union([z.string(), z.number()])),
    msg: z.string(),
    type: z.optional(z.string()),
  });
  const object = z.looseObject({
    error_type: z.optional(z.string()),
    error_message: z.optional(z.string()),
  });
  return z.object({ detail: z.nullish(z.union([z.string(), z.array(issue), object])) });
})();
