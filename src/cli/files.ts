import { close, constants, createReadStream, fstatSync, open } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';

/** Opens a file, or a named pipe: an abort ends the wait for its writer, and for what that writes. */
export async function openUntilAborted(path: string, signal: AbortSignal): Promise<Readable> {
  signal.throwIfAborted();
  // Nothing ends the wait for a writer but a writer.
  const release = () => {
    open(path, constants.O_WRONLY | constants.O_NONBLOCK, (error, descriptor) => {
      if (error === null) close(descriptor);
    });
  };
  signal.addEventListener('abort', release, { once: true });
  const fd = await promisify(open)(path, 'r').finally(() => {
    signal.removeEventListener('abort', release);
  });
  // A file stream would not end before its read from the pipe does.
  return addAbortSignal(
    signal,
    fstatSync(fd).isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream(path, { fd }),
  );
}
