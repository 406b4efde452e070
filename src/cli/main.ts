#!/usr/bin/env node
import { exitCodes } from './context.js';
import { run } from './run.js';

const controller = new AbortController();
const signals = ['SIGINT', 'SIGTERM'] as const;
function interrupt(): void {
  // The next one ends the process, as it would without us.
  for (const signal of signals) process.off(signal, interrupt);
  controller.abort(new Error('interrupted'));
}
for (const signal of signals) process.on(signal, interrupt);
// A reader that left is noticed at the next write; without a listener it would end the process with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const { env, stdin, stdout, stderr } = process;
// Should Node.js find nothing more to wait for before there is a result, that is no success.
process.exitCode = exitCodes.failed;
void run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: controller.signal }).then((exitCode) => {
  process.exitCode = exitCode;
  // Standard input may still wait for a terminal or a pipe that never ends.
  stdin.destroy();
});
