import { redacted } from '../secrets.js';

const inspectSymbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

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
  for (const name of secretNames) {
    if (Object.hasOwn(fields, name)) Object.defineProperty(token, name, { get: () => fields[name], enumerable: true });
  }
  for (const [name, value] of Object.entries(unlisted) as [string, unknown][]) {
    Object.defineProperty(token, name, { get: () => value, enumerable: false });
  }
  // Made when it is printed: most tokens never are.
  const show = () => {
    const hidden = secretNames.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, redacted]);
    return { ...fields, ...(Object.fromEntries(hidden) as object) };
  };
  Object.defineProperty(token, inspectSymbol, { value: show, enumerable: false });
  return token;
}
