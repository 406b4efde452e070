import { createRedactor, minSecretLength, type Redact, redactForms } from '../secrets.js';

/** The keys of one client, which must not appear in errors, events or URLs. */
export interface Keyring {
  /** Remembers keys that functions returned: the last three of each function, since old keys stay in use for a while. */
  readonly remember: (keys: readonly string[]) => void;
  /** Redacts the keys, and all text that has the form of a secret. */
  readonly redact: Redact;
  /** Redacts the keys and the given other secrets, but not by form. */
  readonly redactExact: (text: string, others?: Iterable<string>) => string;
  /** Whether a text holds one of the keys or a part of one, or has the form of a key of this provider. */
  readonly isHeldBy: (text: string) => boolean;
}

const maxRemembered = 3;
/** The length of a part of a key that is recognized by itself, in characters. */
const partLength = 16;

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
    redactExact: (text, others = []) => createRedactor(others)(redactKeys(text)),
    isHeldBy(text) {
      const lower = text.toLowerCase();
      if (prefixes.some((prefix) => text.startsWith(prefix) && /^\S{20,}$/.test(text.slice(prefix.length))))
        return true;
      return searched.some((key) => (key.length >= minSecretLength && lower.includes(key)) || sharesPart(key, lower));
    },
  };
}

const toLowerCase = (text: string) => text.toLowerCase();

function sharesPart(key: string, text: string): boolean {
  for (let start = 0; start + partLength <= Math.min(key.length, maxSearched); start += 1) {
    if (text.includes(key.slice(start, start + partLength))) return true;
  }
  return false;
}

/** Real keys are shorter. Longer values are searched only up to here, because the search takes time in every call. */
const maxSearched = 500;
