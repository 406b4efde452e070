/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter keys are those of tests, and would be redacted out of ordinary words. */
export const minSecretLength = 8;
/** The most of a text that goes into an error, in characters. */
export const maxTextLength = 1_000;

/** How keys begin: the mode of Stripe and Clerk, the region of Junction. */
export const keyPrefix = /^[sp]k_(?:live|test|us|eu)_/i;

/** A key and its part after the prefix, in small letters, without what is too short to be told from a word. */
function partsOfSecret(secret: string): string[] {
  const lower = secret.toLowerCase();
  return [...new Set([lower, lower.replace(keyPrefix, '')])].filter(({ length }) => length >= minSecretLength);
}

/** Redacts values that are known, whatever the case of their letters. */
export function createRedactor(secrets: Iterable<string>): Redact {
  const values = [...secrets].flatMap(partsOfSecret);
  return (text) => {
    const lower = text.toLowerCase();
    // The longest first, or a part of it would be all that is found.
    const found = values.filter((value) => lower.includes(value)).sort((one, other) => other.length - one.length);
    if (found.length === 0) return text;
    const pattern = found.map(escape).join('|');
    return text.replace(new RegExp(pattern, 'gi'), redacted);
  };
}

const jsonWebToken = /(?<![A-Za-z0-9])eyJ[\w-]{10,}(?:\.[\w-]*)*/g;
const prefixedKey = /(?<![A-Za-z0-9])[sp]k_(?:live|test|us|eu)_[\w+/=-]\S*/gi;
const longHexadecimal = /[0-9a-f]{48,}/gi;
const longOpaque = /[A-Za-z0-9+/_=-]{40,}/g;
/** A UUID by itself: it is an id. */
const uuid = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

/** Redacts what has the form of a JWT or of a key with a prefix. */
export function redactTokens(text: string): string {
  return text.replace(jsonWebToken, redacted).replace(prefixedKey, redacted);
}

/**
 * Redacts what has the form of a secret: a JWT, a key with a prefix, long opaque text.
 *
 * @param kept - What is no secret whatever its form, such as the id that was asked for.
 */
export function redactForms(text: string, kept: readonly string[] = []): string {
  const ids = kept.filter((id) => id !== '').map(escape);
  const tokensKept = ids.length === 0 ? redactTokens(text) : around(text, ids, redactTokens);
  return around(tokensKept, [...ids, uuid], redactOpaque);
}

function redactOpaque(text: string): string {
  const isOpaque = (run: string) => /[a-z]/i.test(run) && /\d/.test(run);
  return text.replace(longHexadecimal, redacted).replace(longOpaque, (run) => (isOpaque(run) ? redacted : run));
}

/** Changes all of a text but what a pattern finds that stands by itself, as a segment of a path does. */
function around(text: string, patterns: readonly string[], change: Redact): string {
  const beside = '[A-Za-z0-9+_=-]';
  const alone = new RegExp(`((?<!${beside})(?:${patterns.join('|')})(?!${beside}))`);
  return text
    .split(alone)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** A text that is no longer than what goes into an error. To be redacted before: a cut secret is not recognised. */
export function bound(text: string, limit = maxTextLength): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
