/** Refuses unknown names: a misspelt one would be ignored, and a test would prove nothing. */
export function checkNames<T extends object>(
  kind: 'option' | 'provider' | 'field',
  given: T,
  known: readonly string[],
): T {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return given;
  throw new TypeError(`Unknown ${kind} '${unknown}'. Known ${kind}s: ${known.join(', ') || 'none'}.`);
}

/** @param name - The name of the value, or its place: `users.clerk[0]`. */
export function checkText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`\`${name}\` must be a non-empty string.`);
}
