import type { FakeCall } from './contract.js';
import type { Mutable } from './definition.js';
import { parseJson } from './json.js';
import type { ReadRequest } from './request.js';

/** A shorter one might stand in ordinary words. */
const minimalKeyLength = 8;

const namesCredential = (name: string) => /authorization|api-?key|cookie|token|secret/.test(name);

/**
 * Makes a function that redacts the keys of a request, which are behind any scheme, in any case: "bearer x", "Basic x".
 *
 * @param credentialHeaders - Headers that hold a key although their names do not say so.
 */
export function createRedactor(headers: Headers, credentialHeaders: readonly string[] = []): (text: string) => string {
  const keys = [...headers]
    .filter(([name]) => namesCredential(name) || credentialHeaders.includes(name))
    .flatMap(([, value]) => value.split(/[\s,;=]+/))
    .filter((word) => word.length >= minimalKeyLength);
  return (text) => keys.reduce((result, key) => result.replaceAll(key, '[redacted]'), text);
}

/** A call as it goes into the log: keys are redacted wherever they stand, and in whatever header. */
export function toCall(
  { method, target, headers, text }: ReadRequest,
  credentialHeaders: readonly string[] | undefined,
  now: number,
): Mutable<FakeCall> {
  const redact = createRedactor(headers, credentialHeaders);
  const redactHeader = (name: string, value: string) => {
    const redacted = redact(value);
    const isCredential = namesCredential(name) || credentialHeaders?.includes(name) === true;
    return isCredential && redacted === value ? '[redacted]' : redacted;
  };
  const cleanText = redact(text);
  return {
    method,
    path: redact(target),
    headers: Object.fromEntries([...headers].map(([name, value]) => [name, redactHeader(name, value)])),
    body: text === '' ? undefined : (parseJson(cleanText) ?? cleanText),
    status: undefined,
    receivedAt: new Date(now),
  };
}

/** About how many characters a call takes in the log. */
export function sizeOfCall({ target, headers, text }: ReadRequest): number {
  return [...headers].reduce((sum, [name, value]) => sum + name.length + value.length, target.length + text.length);
}
