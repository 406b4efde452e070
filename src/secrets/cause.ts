import { bound, type Redact } from '../secrets.js';

const maxCauseDepth = 5;

/**
 * Copies only the name, the message and the system code of an error and of its causes. The original may hold the request,
 * and so the key: a user's `fetch` may have put it there. The copy has the code of the innermost cause that has one, such as
 * ECONNREFUSED.
 */
export function copyCause(error: unknown, redact: Redact, depth = 1): Error & { code?: string } {
  const read = (name: 'name' | 'message' | 'code'): string => {
    const value = readProperty(error, name);
    return typeof value === 'string' ? bound(redact(value)) : '';
  };
  const copy: Error & { code?: string } = new Error(typeof error === 'string' ? bound(redact(error)) : read('message'));
  Object.defineProperty(copy, 'name', { value: read('name') || 'Error', configurable: true, writable: true });
  // Its real stack would only lead to this file.
  copy.stack = `${copy.name}: ${copy.message}`;
  const cause = readProperty(error, 'cause');
  const inner = cause === undefined || depth === maxCauseDepth ? undefined : copyCause(cause, redact, depth + 1);
  if (inner !== undefined) copy.cause = inner;
  const code = inner?.code ?? read('code');
  if (code !== '') copy.code = code;
  return copy;
}

function readProperty(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name];
  } catch {
    // It is nothing, or a getter threw.
    return undefined;
  }
}
