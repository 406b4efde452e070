import type { TestContext } from 'vitest';

/** Method, path and the status that was answered, or what there was instead. */
export type RequestLog = () => readonly string[];

/** Lets a test that fails say which requests were made. */
export function nameRequests({ task, onTestFailed }: TestContext, ...logs: readonly RequestLog[]): void {
  onTestFailed(() => {
    const made = logs.flatMap((log) => log());
    const list = made.length === 0 ? 'none' : made.map((each) => `\n  ${each}`).join('');
    for (const error of task.result?.errors ?? []) error.message += `\nRequests made: ${list}`;
  });
}
