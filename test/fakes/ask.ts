import { beforeEach, expect } from 'vitest';
import { createFakeProviders, type FakeProviders } from '../../src/testing/index.js';
import { ofEach } from '../support/operations.js';

export const uuid = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
export const json = { 'content-type': 'application/json' };

/** A plain request to each fake, as its provider's documentation has it. */
export const raw = ofEach(({ fake }) => fake.request);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON. */
  readonly body: unknown;
}

/** Asks a fake as plain `fetch` would, with POST unless it says otherwise. */
export async function askFake(
  { fetch }: Pick<FakeProviders, 'fetch'>,
  url: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', ...init });
  const text = await response.text();
  const { status, headers } = response;
  expect(headers.get('x-tokenwright-fake'), `${String(status)} of ${url}`).toBe('1');
  return { status, headers, body: headers.get('content-type') === 'application/json' ? JSON.parse(text) : text };
}

/** The moment at which every test begins. */
const start = Date.parse('2026-11-22T10:00:00.123Z');

/** Fakes for the tests of a file, on a clock of their own, forgetful between them. */
export function useFakes() {
  const clock = { now: start };
  const fakes = createFakeProviders({ now: () => clock.now });
  beforeEach(() => {
    clock.now = start;
    fakes.reset();
  });
  return { clock, fakes, ask: (url: string, init?: RequestInit) => askFake(fakes, url, init) };
}
