import { checkFailure } from './check.js';
import type { FakeFailure } from './contract.js';
import type { FakeAnswer } from './definition.js';

/** The failures that a test asks for. At most `keep` calls of `failNext` wait for their requests. */
export function createFailures(keep: number) {
  const comingFailures: { readonly failure: FakeFailure; left: number }[] = [];
  let standingFailure: FakeFailure | undefined;
  return {
    failNext: (failure: FakeFailure, times = 1): void => {
      checkFailure(failure, times);
      if (comingFailures.length >= keep) throw new TypeError('There are too many failures to come already.');
      comingFailures.push({ failure, left: times });
    },
    failWith: (failure?: FakeFailure): void => {
      if (failure !== undefined) checkFailure(failure);
      standingFailure = failure;
    },
    /** How the next request fails; an empty failure if it does not. */
    take(): FakeFailure {
      const [next] = comingFailures;
      if (next === undefined) return standingFailure ?? {};
      next.left -= 1;
      if (next.left === 0) comingFailures.shift();
      return next.failure;
    },
    reset(): void {
      comingFailures.length = 0;
      standingFailure = undefined;
    },
  };
}

/** The usual answer with what a failure changes of it. */
export function applyFailure(usual: FakeAnswer, { retryAfter, headers, body }: FakeFailure): FakeAnswer {
  const wait: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return {
    status: usual.status,
    headers: { ...usual.headers, ...wait, ...headers },
    body: body === undefined ? usual.body : body,
  };
}
