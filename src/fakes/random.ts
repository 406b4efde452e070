/** Ids and tokens that look random; with a seed, the same ones each time. */
export interface FakeRandom {
  readonly hex: (length: number) => string;
  /** Letters and digits, as in the ids of many APIs. */
  readonly word: (length: number) => string;
  readonly uuid: () => string;
  /** Starts the sequence again, if there is a seed. */
  readonly reset: () => void;
}

const hexDigits = '0123456789abcdef';
const wordDigits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A generator (xoshiro128**) instead of `crypto`, which takes no seed and is missing in some test environments. Its state is
 * made at the first use, because Cloudflare Workers forbid randomness at module scope.
 *
 * @param name - Generators with the same seed and different names give different values.
 */
export function createRandom(seed: string | number | undefined, name: string): FakeRandom {
  let state: Uint32Array | undefined;

  function next(): number {
    state ??= seed === undefined ? drawState() : hashState(`${name} ${String(seed)}`);
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state.set([a ^ fourth, b ^ third, third ^ (b << 9), rotate(fourth, 11)]);
    return result;
  }

  const pick = (digits: string, length: number) =>
    Array.from({ length }, () => digits.charAt(Math.floor((next() / 2 ** 32) * digits.length))).join('');

  return {
    hex: (length) => pick(hexDigits, length),
    word: (length) => pick(wordDigits, length),
    uuid: () =>
      [
        pick(hexDigits, 8),
        pick(hexDigits, 4),
        `4${pick(hexDigits, 3)}`,
        `${pick('89ab', 1)}${pick(hexDigits, 3)}`,
        pick(hexDigits, 12),
      ].join('-'),
    reset() {
      if (seed !== undefined) state = undefined;
    },
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function drawState(): Uint32Array {
  const state = new Uint32Array(4);
  // Some test environments have no `crypto`, or half of one.
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (crypto?.getRandomValues === undefined) return state.map(() => Math.random() * 2 ** 32);
  return crypto.getRandomValues(state);
}

/** FNV-1a over the text, once for each word of the state. */
function hashState(text: string): Uint32Array {
  return new Uint32Array(4).map((_, index) => {
    let hash = 0x811c9dc5 ^ Math.imul(index + 1, 0x9e3779b9);
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash ^ (hash >>> 15);
  });
}
