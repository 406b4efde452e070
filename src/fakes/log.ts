import type { FakeCall } from './contract.js';
import type { Mutable } from './definition.js';
import { parseJson } from './json.js';
import type { ReadRequest } from './request.js';

/** A shorter one might stand in ordinary words. */
const minimalKeyLength = 8;

/** A call as it goes into the log: keys are redacted wherever they stand, and in whatever header. */
export function toCall({ method, target, headers, text }: ReadRequest): Mutable<FakeCall> {
  const entries = [...headers];
  const isCredential = (name: string) => /authorization|api-?key|cookie|token|secret/.test(name);
  // Behind any scheme, in any case: "bearer x", "Basic x", "x".
  const keys = entries
    .filter(([name]) => isCredential(name))
    .flatMap(([, value]) => value.split(/[\s,;=]+/))
    .filter((word) => word.length >= minimalKeyLength);
  const clean = (value: string) => keys.reduce((result, key) => result.replaceAll(key, '[redacted]'), value);
  const cleanHeader = (name: string, value: string) => {
    const cleaned = clean(value);
    return isCredential(name) && cleaned === value ? '[redacted]' : cleaned;
  };
  const cleanText = clean(text);
  return {
    method,
    path: clean(target),
    headers: Object.fromEntries(entries.map(([name, value]) => [name, cleanHeader(name, value)])),
    body: text === '' ? undefined : (parseJson(cleanText) ?? cleanText),
    status: undefined,
  };
}

/** About how many characters a call takes in the log. */
export function sizeOfCall({ target, headers, text }: ReadRequest): number {
  return [...headers].reduce((sum, [name, value]) => sum + name.length + value.length, target.length + text.length);
}
