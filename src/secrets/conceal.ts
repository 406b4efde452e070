import { redacted } from '../secrets.js';

const inspectSymbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/**
 * Makes the secrets of an issued token visible only to code that reads them by name, and in JSON. They are getters, which no
 * console calls; for Node.js, the inspect symbol prints `[redacted]` in their place.
 *
 * @param unlisted - Functions for properties that are neither printed nor part of the JSON, such as the provider's own body.
 */
export function concealSecrets<T extends object, U>(
  fields: T,
  secretNames: readonly (keyof T & string)[],
  unlisted: Readonly<Record<keyof U, () => unknown>>,
): T {
  const token = { ...fields };
  for (const name of secretNames) {
    if (Object.hasOwn(fields, name)) Object.defineProperty(token, name, { get: () => fields[name], enumerable: true });
  }
  for (const [name, get] of Object.entries<() => unknown>(unlisted)) {
    Object.defineProperty(token, name, { get, enumerable: false });
  }
  Object.defineProperty(token, inspectSymbol, { value: show, enumerable: false });
  return token;
}

/** What Node.js prints: each enumerable getter is a secret. */
function show(this: object): object {
  const listed = Object.entries(Object.getOwnPropertyDescriptors(this)).filter(([, { enumerable }]) => enumerable);
  return Object.fromEntries(listed.map(([name, field]) => [name, 'value' in field ? field.value : redacted]));
}
