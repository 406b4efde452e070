import { isBrandedError } from '../errors.js';
import type { AnyTokenwrightError } from './index.js';

/**
 * Whether a value is an error of this package. Works across two copies of the package, and across ESM and CommonJS.
 * Afterwards `switch (error.code)` and `error.provider` narrow, down to the form of `details`.
 */
export function isTokenwrightError(value: unknown): value is AnyTokenwrightError {
  return isBrandedError(value);
}
