import { redacted } from '../secrets.js';

const inspectSymbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/** The property with the function that returns the hidden values of a token, by name. No console calls a function. */
const hidden = /* @__PURE__ */ Symbol('tokenwright.hidden');

interface Concealed {
  readonly [hidden]: (name: string) => unknown;
}

/**
 * The getter for each hidden name. All tokens share it: objects with the same getters have one hidden class in V8, and take
 * a third of the memory and less time than those with a getter each.
 */
const getters = /* @__PURE__ */ new Map<string, () => unknown>();

/** More names than all tokens have: those of a JSON that is restored may be any. */
const maxShared = 20;

function getterOf(name: string): () => unknown {
  let getter = getters.get(name);
  if (getter === undefined) {
    getter = function (this: Concealed) {
      return this[hidden](name);
    };
    if (getters.size < maxShared) getters.set(name, getter);
  }
  return getter;
}

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
  const token = {} as Record<string, unknown>;
  const own = fields as Record<string, unknown>;
  const functions = unlisted as Readonly<Record<string, () => unknown>>;
  // In the order of the fields: a property that becomes a getter afterwards costs the token its hidden class.
  for (const name of Object.keys(own)) {
    if (secretNames.includes(name as keyof T & string))
      Object.defineProperty(token, name, { get: getterOf(name), enumerable: true });
    else token[name] = own[name];
  }
  const read: Concealed[typeof hidden] = (name) => (Object.hasOwn(own, name) ? own[name] : functions[name]?.());
  Object.defineProperty(token, hidden, { value: read });
  for (const name of Object.keys(functions)) Object.defineProperty(token, name, { get: getterOf(name) });
  Object.defineProperty(token, inspectSymbol, { value: show });
  return token as T;
}

/** What Node.js prints: each enumerable getter is a secret. */
function show(this: object): object {
  const listed = Object.entries(Object.getOwnPropertyDescriptors(this)).filter(([, { enumerable }]) => enumerable);
  return Object.fromEntries(listed.map(([name, field]) => [name, 'value' in field ? field.value : redacted]));
}
