import { createRedactor, type Redact, redacted, redactTokens } from '../secrets.js';
import type { FakeCall } from './contract.js';
import type { Mutable } from './definition.js';
import { parseJson } from './json.js';
import type { ReadRequest } from './request.js';

const namesCredential = (name: string) => /authorization|api-?key|cookie|token|secret/.test(name);

/**
 * Makes a function that redacts the keys in the headers, after any scheme ("bearer x", "Basic x"), and text in the form of a
 * token. Other long text stays, because it may be an id that a test looks for.
 *
 * @param credentialHeaders - Headers that hold a key although their names do not say so.
 */
export function redactorOf(headers: Headers, credentialHeaders: readonly string[] = []): Redact {
  const words = [...headers]
    .filter(([name]) => namesCredential(name) || credentialHeaders.includes(name))
    .flatMap(([, value]) => value.split(/[\s,;=]+/));
  const redactKeys = createRedactor(words);
  return (text) => redactTokens(redactKeys(text));
}

/** Makes the log entry of a request. Its keys are redacted in the path, the body and every header. */
export function toCall(
  { method, target, headers, text }: ReadRequest,
  credentialHeaders: readonly string[] | undefined,
  now: number,
): Mutable<FakeCall> {
  const redact = redactorOf(headers, credentialHeaders);
  const redactHeader = (name: string, value: string) => {
    const shown = redact(value);
    const isCredential = namesCredential(name) || credentialHeaders?.includes(name) === true;
    return isCredential && shown === value ? redacted : shown;
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
