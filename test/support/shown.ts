import { inspect } from 'node:util';

/** All that a console prints of a value, however it is asked. No secret may stand in it, not even for a token. */
export function everythingPrintedBy(value: unknown): string {
  return [
    inspect(value),
    inspect(value, { depth: Infinity, showHidden: true }),
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    inspect(value, { depth: Infinity, showHidden: true, customInspect: false }),
    inspect({ nested: [value] }, { depth: Infinity }),
    String(value),
  ].join('\n');
}

/**
 * All that a value shows to who prints it, sends it, copies it or digs in it: the text in which no secret may stand for
 * clients and errors.
 */
export function everythingShownBy(value: unknown): string {
  const parts = [
    everythingPrintedBy(value),
    safely(() => JSON.stringify(value)),
    safely(() => inspect(structuredClone(value), { depth: Infinity, showHidden: true })),
  ];
  const seen = new Set<unknown>();
  const dig = (each: unknown): void => {
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null || seen.has(each)) return;
    seen.add(each);
    for (let owner: object | null = each; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
      if (owner === Object.prototype || owner === Function.prototype) break;
      for (const name of Reflect.ownKeys(owner)) {
        const property = safely(() => Reflect.get(owner, name, each) as unknown);
        parts.push(String(name), typeof property === 'string' ? property : '');
        dig(property);
      }
    }
  };
  dig(value);
  return parts.join('\n');
}

function safely<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
