import { createRedactor, minSecretLength, type Redact, redactForms } from '../secrets.js';

/** The keys of one client, which must not appear in errors, events or URLs. */
export interface Keyring {
  /** Remembers keys that functions returned: the last three of each function, since old keys stay in use for a while. */
  readonly remember: (keys: readonly string[]) => void;
  /** Redacts the keys, and all text that has the form of a secret. */
  readonly redact: Redact;
  /** Redacts the keys, but nothing by its form. */
  readonly redactExact: Redact;
  /** Whether one of the keys, or a part of one, is in a text, or the text has the form of a key of this provider. */
  readonly isKeyIn: (text: string) => boolean;
}

/** For each function. */
const maxRemembered = 3;
/** A part of a key is recognized if it has at least this length, in characters. */
const minPartLength = 16;

/**
 * @param fixed - The keys from options and variables.
 * @param prefixes - The prefixes of the provider's keys, if they have any.
 */
export function createKeyring(fixed: readonly string[], prefixes: readonly string[]): Keyring {
  let remembered: readonly string[] = [];
  let redactKeys = createRedactor(fixed);
  let searched = fixed.map(toLowerCase);

  return {
    remember(keys) {
      const returned = keys.filter((key) => !fixed.includes(key));
      if (returned.every((key, index) => key === remembered[index])) return;
      remembered = [...new Set([...returned, ...remembered])].slice(0, maxRemembered * returned.length);
      redactKeys = createRedactor([...fixed, ...remembered]);
      searched = [...fixed, ...remembered].map(toLowerCase);
    },
    redact: (text) => redactForms(redactKeys(text)),
    redactExact: (text) => redactKeys(text),
    isKeyIn(text) {
      const lower = text.toLowerCase();
      if (prefixes.some((prefix) => text.startsWith(prefix) && /^\S{20,}$/.test(text.slice(prefix.length))))
        return true;
      return searched.some((key) => (key.length >= minSecretLength && lower.includes(key)) || sharesPart(key, lower));
    },
  };
}

const toLowerCase = (text: string) => text.toLowerCase();

function sharesPart(key: string, text: string): boolean {
  for (let start = 0; start + minPartLength <= Math.min(key.length, maxSearched); start += 1) {
    if (text.includes(key.slice(start, start + minPartLength))) return true;
  }
  return false;
}

/** In characters. Real keys are shorter; of longer values, only the beginning is searched for, to keep each call fast. */
const maxSearched = 500;
