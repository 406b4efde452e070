import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, ConnectionError, InvalidResponseError, TimeoutError } from '../src/errors.js';
import { defaultSettings } from '../src/client/settings.js';
import { parseRetryAfter, retryDelay } from '../src/http/retry.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const date = 'Sun, 22 Nov 2026 10:00:00 GMT';

describe('parseRetryAfter()', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    ['1.5', 1.5],
    ['1.25', 1.25],
    ['86400', 86_400],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['Sun, 22 Nov 2026 10:00:05 GMT', 5],
    ['Sunday, 22-Nov-26 10:00:05 GMT', 5],
    ['Sun Nov 22 10:00:05 2026', 5],
    ['Mon Nov  2 10:00:05 2026', 0],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    // Two headers.
    ['60, 60', 60],
    ['5, 60,7', 60],
    ['5, Sun, 22 Nov 2026 10:00:09 GMT', 9],
    ['Sunday, 22-Nov-26 10:00:05 GMT, Sun, 22 Nov 2026 10:00:07 GMT, 6', 7],
    ['Sun Nov 22 10:00:05 2026, 4', 5],
    ['5, soon', 5],
    ['soon, 5', 5],
  ])('reads %j as %d seconds', (header, seconds) => {
    expect(parseRetryAfter(header, date)).toBe(seconds);
  });

  it('measures a date by the date of the answer, whatever blanks are around that', () => {
    expect(parseRetryAfter('Sun, 22 Nov 2026 10:00:05 GMT', ` ${date} `)).toBe(5);
  });

  it.each([
    ['Sun, 22 Nov 2026 10:00:05 GMT', null],
    ['Sun, 22 Nov 2026 10:00:05 GMT', 'today'],
    ['Sun Nov 22 10:00:05 2026', ''],
  ])('measures %j by our own clock if the answer has the date %j', (header, none) => {
    vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:02Z'), toFake: ['Date'] });
    expect(parseRetryAfter(header, none)).toBe(3);
    vi.useRealTimers();
  });

  it.each([
    null,
    '',
    '-1',
    '+1',
    '1e3',
    '0x10',
    'soon',
    'GMT',
    '2026-11-22',
    'Sun, 99 Foo 2026 10:00:05 GMT',
    'Sun Nov 22 10:00:05',
    ',',
    ', ,',
  ])('reads nothing from %j', (header) => {
    expect(parseRetryAfter(header, date)).toBeUndefined();
  });
});

describe('retryDelay()', () => {
  const base = { message: 'x', provider: 'clerk', operation: 'issueToken' } as const;
  const answered = (status: number, retryAfter?: number) =>
    new ApiError({ ...base, code: 'unexpected_status', status, retryAfter });
  const network = new ConnectionError({ ...base, code: 'connection_failed', retryable: true });

  it.each([
    [1, 250, 500],
    [2, 500, 1_000],
    [3, 1_000, 2_000],
    [5, 4_000, 8_000],
    [10, 4_000, 8_000],
  ])('before repetition %i waits from %i to %i ms, at random', (count, least, most) => {
    const random = vi.spyOn(Math, 'random');
    for (const [chance, expected] of [
      [0, least],
      [0.5, (least + most) / 2],
      [1, most],
    ] as const) {
      random.mockReturnValue(chance);
      expect(retryDelay(network, count, defaultSettings)).toBe(expected);
    }
  });

  it.each([408, 429, 500, 502, 503, 504, 507, 511, 520, 530, 599])(
    'repeats a %i, and waits as long as it says',
    (status) => {
      expect(retryDelay(answered(status), 1, defaultSettings)).toBeGreaterThan(0);
      expect(retryDelay(answered(status, 7), 1, defaultSettings)).toBe(7_000);
      expect(retryDelay(answered(status, 0), 2, defaultSettings)).toBe(0);
    },
  );

  it('repeats nothing else that was answered', () => {
    for (const status of [0, 302, 400, 401, 403, 404, 409, 413, 422, 501, 505]) {
      expect(retryDelay(answered(status, 1), 1, defaultSettings), String(status)).toBeUndefined();
    }
    const invalid = new InvalidResponseError({ ...base, code: 'invalid_response', status: 200 });
    expect(retryDelay(invalid, 1, defaultSettings)).toBeUndefined();
    expect(retryDelay(new Error('x'), 1, defaultSettings)).toBeUndefined();
  });

  it('repeats timeouts, and the statuses that were chosen', () => {
    const timeout = new TimeoutError({ ...base, code: 'timeout', timeout: 5 });
    expect(retryDelay(timeout, 1, defaultSettings)).toBeGreaterThan(0);
    const settings = { ...defaultSettings, retryStatusCodes: [501] };
    expect(retryDelay(answered(501), 1, settings)).toBeGreaterThan(0);
    expect(retryDelay(answered(503), 1, settings)).toBeUndefined();
  });
});

it('the defaults are as documented', () => {
  expect(defaultSettings).toEqual({
    signal: undefined,
    timeout: 30_000,
    attemptTimeout: 10_000,
    retryLimit: 2,
    retryStatusCodes: undefined,
  });
});
