#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { exitCodes } from './context.js';
import { run } from './run.js';

const controller = new AbortController();
const signals = ['SIGINT', 'SIGTERM'] as const;
function interrupt(): void {
  // The next signal ends the process in the default way.
  for (const signal of signals) process.off(signal, interrupt);
  controller.abort(new Error('interrupted'));
}
for (const signal of signals) process.on(signal, interrupt);
// If a reader closes the output, the next write fails; without a listener, that would end the process with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

/** Writes all of a text or throws: Node.js itself ignores that a full disk took only a part of it. */
const toFile = new Writable({
  write(bytes: Buffer, _, done) {
    for (let start = 0; start < bytes.length;) start += writeSync(1, bytes, start);
    done();
  },
});

const { env, stdin, stderr } = process;
const stdout = process.stdout instanceof Socket ? process.stdout : toFile;
// If Node.js ends early because nothing is pending, that must not count as a success.
process.exitCode = exitCodes.failed;
void run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: controller.signal }).then((exitCode) => {
  process.exitCode = exitCode;
  // Open standard input (a terminal, or a pipe that never ends) would keep the process running.
  stdin.destroy();
});
