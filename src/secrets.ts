const REDACTED = '[redacted]';
const inspectSymbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/** Shorter keys are those of tests, and would be redacted out of ordinary words. */
const minKeyLength = 8;

/** Redacts secrets wherever they stand in a text. */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) if (secret.length >= minKeyLength) redacted = redacted.replaceAll(secret, REDACTED);
  return redacted;
}

/**
 * Turns an issued token into an object that shows its secrets only to who asks for them by name, or for JSON. They are
 * getters, which no console reads; the name that Node.js looks for makes the gap explicit.
 *
 * @param unlisted - Kept as properties that are neither printed nor part of the JSON, such as the provider's own body.
 */
export function concealSecrets<T extends object>(
  fields: T,
  secretNames: readonly (keyof T & string)[],
  unlisted: object,
): T {
  const token = { ...fields };
  const shown: object = { ...fields };
  for (const name of secretNames) {
    if (!Object.hasOwn(fields, name)) continue;
    Object.defineProperty(token, name, { get: () => fields[name], enumerable: true });
    Object.defineProperty(shown, name, { value: REDACTED });
  }
  for (const [name, value] of Object.entries(unlisted) as [string, unknown][]) {
    Object.defineProperty(token, name, { get: () => value, enumerable: false });
  }
  Object.defineProperty(token, inspectSymbol, { value: () => shown, enumerable: false });
  return token;
}

const secretName = /tokens?$|^url$|ticket|jwt|secret|password|authorization|cookie|api[-_]?key/i;

/**
 * Reads JSON of which a part goes into an error, with the secrets redacted in every string, and with whatever stands under
 * the name of a secret. Returns `undefined` for what is no JSON.
 */
export function parseRedacted(text: string, secrets: readonly string[]): unknown {
  try {
    return JSON.parse(text, function (this: unknown, name: string, value: unknown) {
      if (secretName.test(name)) return REDACTED;
      if (typeof value === 'string') return redact(value, secrets);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const entries = Object.entries(value);
      return entries.some(([property]) => redact(property, secrets) !== property)
        ? Object.fromEntries(entries.map(([property, entry]) => [redact(property, secrets), entry]))
        : value;
    });
  } catch {
    return undefined;
  }
}

const maxCauseDepth = 5;

/**
 * Copies of an error only what says what happened: its name, message and system code, and those of its causes. Whoever
 * wrote the `fetch` that threw it may have put the request, and so the key, on the original. The code of the innermost
 * cause that has one, such as ECONNREFUSED, is that of the copy.
 */
export function copyCause(error: unknown, secrets: readonly string[] = [], depth = 1): Error & { code?: string } {
  const read = (name: 'name' | 'message' | 'code'): string => {
    const value = readProperty(error, name);
    return typeof value === 'string' ? redact(value, secrets) : '';
  };
  const copy: Error & { code?: string } = new Error(
    typeof error === 'string' ? redact(error, secrets) : read('message'),
  );
  Object.defineProperty(copy, 'name', { value: read('name') || 'Error', configurable: true, writable: true });
  // Its own stack would name only this file.
  copy.stack = `${copy.name}: ${copy.message}`;
  const cause = readProperty(error, 'cause');
  const inner = cause === undefined || depth === maxCauseDepth ? undefined : copyCause(cause, secrets, depth + 1);
  if (inner !== undefined) copy.cause = inner;
  const code = inner?.code ?? read('code');
  if (code !== '') copy.code = code;
  return copy;
}

function readProperty(error: unknown, name: string): unknown {
  try {
    return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
  } catch {
    // A getter that throws says nothing.
    return undefined;
  }
}
