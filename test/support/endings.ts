import type { TokenwrightError } from '../../src/index.js';

/** What a call ends with. */
export type Ending =
  | 'success'
  | {
      readonly name: string;
      readonly code: TokenwrightError['code'];
      readonly status?: number;
      readonly retryAfter?: number;
      readonly scope?: TokenwrightError['scope'];
    };

/** A change to one value of a good answer, and what the call ends with. */
export type WrongContent = readonly [what: string, path: string, value: unknown, ending: Ending];

const invalid: Ending = { name: 'InvalidResponseError', code: 'invalid_response' };

/** Values of which each makes a good answer one that cannot be used. */
export function wrongValues(what: string, path: string, values: readonly unknown[]): WrongContent[] {
  return values.map((value) => [
    `${what} ${value === undefined ? 'missing' : JSON.stringify(value)}`,
    path,
    value,
    invalid,
  ]);
}

export const noText = [undefined, null, '', 7, {}, []];
export const noDate = [undefined, null, '', 'tomorrow', 1_700_000_000, '2026-02-30T99:00:00Z', '07/02/2022'];
