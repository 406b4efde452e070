/** Replaces a secret. */
export const redacted = '[redacted]';

/** Redacts the secrets in a text. */
export type Redact = (text: string) => string;

/** Shorter keys are not redacted: they are test values, and match ordinary words. */
export const minSecretLength = 8;
/** Longer texts are cut before they go into an error, in characters. */
export const maxTextLength = 1_000;
/** Of a longer text only the beginning is read, in characters: thousands of secrets in it take seconds to find. */
export const maxReadLength = 8_000;

/** The prefixes of keys: with the mode for Stripe and Clerk, with the region for Junction. */
export const keyPrefix = /^[sp]k_(?:live|test|us|eu)_/i;

/** A key, and its part after the prefix, in lower case; without those that are too short. */
function partsOfSecret(secret: string): string[] {
  const lower = secret.toLowerCase();
  return [...new Set([lower, lower.replace(keyPrefix, '')])].filter(({ length }) => length >= minSecretLength);
}

/** Redacts known values, in upper or lower case. */
export function createRedactor(secrets: Iterable<string>): Redact {
  const values = [...secrets].flatMap(partsOfSecret);
  return (text) => {
    const lower = text.toLowerCase();
    // The longest first, or only a part of a secret may be replaced.
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
/** A UUID is an id and not redacted. */
const uuid = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

/** Redacts text in the form of a JWT or of a key with a known prefix. */
export function redactTokens(text: string): string {
  return text.replace(jsonWebToken, redacted).replace(prefixedKey, redacted);
}

/**
 * Redacts text in the form of a secret: a JWT, a key with a known prefix, long opaque text.
 *
 * @param kept - Texts that are not secrets, whatever their form, such as the id in the request.
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

/** Changes a text except for the matches of some patterns. Only matches between delimiters count, such as a path segment. */
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

/** Cuts a text to a length. Redact it before: a secret that is cut is no longer recognized. */
export function bound(text: string, limit = maxTextLength): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
