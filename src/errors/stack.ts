/**
 * Starts an error's stack at the caller of `topmost`, so that its ten lines reach the user's code. Reads `stack` at once: until
 * then, V8 keeps the functions in it, and all that they hold, such as the answer and the ids of a whole bulk call.
 */
export function traceFromHere(error: Error, topmost?: unknown): void {
  (Error as { captureStackTrace?: (error: Error, topmost: unknown) => void }).captureStackTrace?.(error, topmost);
  try {
    String(error.stack);
  } catch {
    // A `prepareStackTrace` of the user threw, or returned something without a text.
  }
}
