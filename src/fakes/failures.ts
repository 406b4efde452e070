import { checkFailure } from './check.js';
import type { FakeFailure } from './contract.js';
import type { FakeAnswer } from './definition.js';

/** The failures that a test asks for. At most `keep` calls of `failNext` wait for their requests. */
export function createFailures(keep: number) {
  const nextFailures: { readonly failure: FakeFailure; left: number }[] = [];
  let defaultFailure: FakeFailure | undefined;
  return {
    failNext: (failure: FakeFailure, times = 1): void => {
      checkFailure(failure, times);
      if (nextFailures.length >= keep)
        throw new TypeError(`There are ${String(keep)} failures already, as many as \`keep\` allows.`);
      nextFailures.push({ failure, left: times });
    },
    failWith: (failure?: FakeFailure): void => {
      if (failure !== undefined) checkFailure(failure);
      defaultFailure = failure;
    },
    /** How the next request fails; an empty failure if it does not. */
    take(): FakeFailure {
      const [next] = nextFailures;
      if (next === undefined) return defaultFailure ?? {};
      next.left -= 1;
      if (next.left === 0) nextFailures.shift();
      return next.failure;
    },
    reset(): void {
      nextFailures.length = 0;
      defaultFailure = undefined;
    },
  };
}

/** The usual answer, with the changes that a failure makes. */
export function applyFailure(usual: FakeAnswer, { retryAfter, headers, body }: FakeFailure): FakeAnswer {
  const wait: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  // In lower case, as all others are: two spellings of a name would be sent as one header with both values.
  const own = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status: usual.status,
    headers: { ...usual.headers, ...wait, ...own },
    body: body === undefined ? usual.body : body,
  };
}
