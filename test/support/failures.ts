import { type AnyTokenwrightError, isTokenwrightError } from '../../src/index.js';

/** The error with which a call fails; the call must fail, and with an error of the package. */
export async function failureOf(call: Promise<unknown>): Promise<AnyTokenwrightError> {
  const outcome = await call.then(
    () => ({ failed: false, error: undefined }),
    (error: unknown) => ({ failed: true, error }),
  );
  if (!outcome.failed) throw new Error('The call was expected to fail.');
  if (!isTokenwrightError(outcome.error)) throw outcome.error;
  return outcome.error;
}

/** The same for a function that throws. */
export function thrownBy(action: () => unknown): Promise<AnyTokenwrightError> {
  return failureOf(Promise.resolve().then(action));
}
