import { bound, maxReadLength, maxTextLength, type Redact, redacted } from '../secrets.js';

const secretName = /tokens?$|^url$|ticket|jwt|secret|password|authorization|cookie|api[-_]?key/i;

/** Whether a field of this name holds a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

// The bounds of a provider's error body in an error, so that it does not fill a log.
const maxDepth = 10;
const maxEntries = 50;
const maxCharacters = 16_000;
const maxNameLength = 100;
/** Once so many characters of all texts together were read, the rest is left out: redacting takes time for each of them. */
const maxRead = 64_000;
/** What the shortest text and each number count of them: searching it for thousands of secrets takes time, too. */
const leastRead = 40;
/** Texts in undocumented fields are cut to this length, because they may hold anything. */
const maxUndocumentedLength = 40;

/** All texts in fields with the name of a secret, at any depth of a JSON value. */
export function findSecrets(value: unknown): string[] {
  const found: string[] = [];
  const open: { readonly value: unknown; readonly isSecret: boolean }[] = [{ value, isSecret: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: inside, isSecret } = next;
    if (typeof inside === 'string' && isSecret) found.push(inside);
    if (typeof inside !== 'object' || inside === null) continue;
    for (const [name, entry] of Object.entries(inside)) {
      open.push({ value: entry, isSecret: isSecret || (!Array.isArray(inside) && secretName.test(name)) });
    }
  }
  return found;
}

/**
 * Copies a JSON value for an error. Redacts all names and texts, and the whole value of a field with the name of a secret.
 * Bounds depth, number of entries and length.
 *
 * @param documentedNames - The fields that the provider documents: their texts are cut later than others.
 */
export function redactJson(value: unknown, redact: Redact, documentedNames: readonly string[]): unknown {
  let left = maxCharacters;
  let unread = maxRead;
  const isSpent = () => left <= 0 || unread <= 0;
  const read = (text: string) => {
    unread -= Math.max(leastRead, text.length);
    return redact(text);
  };
  const readBeginning = (text: string) => {
    // Cut at a space, so that no key and no token is: a part of one is not recognized.
    const end = Math.max(0, text.lastIndexOf(' ', maxReadLength));
    // The end of what was read may hold the beginning of a secret with a space in it, such as a cookie.
    return `${read(text.slice(0, end)).slice(0, -maxTextLength)}…`;
  };
  const shorten = (text: string, limit: number) => {
    const safe = text.length <= maxReadLength ? read(text) : readBeginning(text);
    const shown = bound(safe, Math.min(limit, Math.max(0, left)));
    left -= shown.length;
    return shown;
  };

  function copy(inside: unknown, depth: number, limit: number): unknown {
    if (typeof inside === 'string') return shorten(inside, limit);
    // A number can be a secret, too.
    if (typeof inside === 'number') return read(String(inside)) === String(inside) ? inside : redacted;
    if (typeof inside !== 'object' || inside === null) return inside;
    const isFull = depth === maxDepth || isSpent();
    if (Array.isArray(inside)) {
      const entries = isFull ? [] : inside.slice(0, maxEntries);
      return entries.flatMap((entry: unknown) => (isSpent() ? [] : [copy(entry, depth + 1, limit)]));
    }
    const entries = isFull ? [] : Object.entries(inside).slice(0, maxEntries);
    return Object.fromEntries(entries.map(([name, entry]) => copyEntry(name, entry, depth, limit)));
  }

  function copyEntry(name: string, entry: unknown, depth: number, limit: number): [string, unknown] {
    const shownName = shorten(name, maxNameLength);
    if (secretName.test(name)) return [shownName, redacted];
    return [shownName, copy(entry, depth + 1, documentedNames.includes(name) ? limit : maxUndocumentedLength)];
  }

  return copy(value, 0, maxTextLength);
}
