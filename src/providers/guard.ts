import { isBrandedError } from '../errors.js';
import type { AnyTokenwrightError } from './index.js';

/**
 * Whether a value is an error of this package. Works across several copies of the package, and across ESM and CommonJS.
 * After it, `switch (error.code)` and checks of `error.provider` narrow the type, including that of `details`.
 */
export function isTokenwrightError(value: unknown): value is AnyTokenwrightError {
  return isBrandedError(value);
}
