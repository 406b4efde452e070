import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../src/retry.js';

const now = Date.parse('2026-11-22T10:00:00Z');

describe('parseRetryAfter()', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    ['1.5', 1.5],
    ['86400', 86_400],
    ['99999999999999999999', 1e20],
    ['Sun, 22 Nov 2026 10:00:05 GMT', 5],
    ['Sunday, 22-Nov-26 10:00:05 GMT', 5],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
  ])('reads %j as %d seconds', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });

  it.each([null, '', '-1', '+1', '1e3', '0x10', 'soon', 'GMT', '2026-11-22', 'Sun, 99 Foo 2026 10:00:05 GMT'])(
    'reads nothing from %j',
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );
});
