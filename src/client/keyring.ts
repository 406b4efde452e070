import { createRedactor, keyPrefix, minSecretLength, type Redact, redactForms } from '../secrets.js';

/** The keys of one client, which must not show. */
export interface Keyring {
  /** Keeps keys that functions returned. The last three of each are kept: those of before a rotation are still about. */
  readonly remember: (keys: readonly string[]) => void;
  /** Redacts the keys, and whatever has the form of a secret. */
  readonly redact: Redact;
  /** Redacts the keys and other secrets. */
  readonly redactExact: (text: string, others?: Iterable<string>) => string;
  /** Whether a text holds one of the keys or a good part of one, or has the form of such a key. */
  readonly isHeldBy: (text: string) => boolean;
}

const maxRemembered = 3;
/** How much of a key is a good part of it, in characters. */
const partLength = 16;

/**
 * @param fixed - The keys that are known from the start.
 * @param prefixes - How the provider's keys begin, if its keys have a form of their own.
 */
export function createKeyring(fixed: readonly string[], prefixes: readonly string[]): Keyring {
  let remembered: readonly string[] = [];
  let redactKeys = createRedactor(fixed);

  return {
    remember(keys) {
      const returned = keys.filter((key) => !fixed.includes(key));
      if (returned.every((key, index) => key === remembered[index])) return;
      remembered = [...new Set([...returned, ...remembered])].slice(0, maxRemembered * returned.length);
      redactKeys = createRedactor([...fixed, ...remembered]);
    },
    redact: (text) => redactForms(redactKeys(text)),
    redactExact: (text, others = []) => createRedactor(others)(redactKeys(text)),
    isHeldBy(text) {
      const lower = text.toLowerCase();
      if (prefixes.some((prefix) => text.startsWith(prefix) && /^\S{20,}$/.test(text.slice(prefix.length))))
        return true;
      return [...fixed, ...remembered].some((key) => {
        const secret = key.toLowerCase();
        const isWhole = secret.length >= minSecretLength && lower.includes(secret);
        return isWhole || sharesPart(secret.replace(keyPrefix, ''), lower);
      });
    },
  };
}

function sharesPart(secret: string, text: string): boolean {
  for (let start = 0; start + partLength <= Math.min(secret.length, maxSearched); start += 1) {
    if (text.includes(secret.slice(start, start + partLength))) return true;
  }
  return false;
}

/** Keys are shorter; what is not must not cost the time of every call. */
const maxSearched = 500;
