import { type DestinationStream, type Logger, pino } from 'pino';
import type { TokenwrightEvent } from 'tokenwright';

/** What pino redacts: a token's secrets in `logger.info(token)`, in `logger.info({ token })` and in `logger.info({ outcome })`. */
export const redact = ['token', 'url', 'raw'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function createLogger(destination?: DestinationStream): Logger {
  return pino({ redact }, destination);
}

/** A listener for `onEvent`: events hold neither secrets nor ids of users, and are logged as they are. */
export function logEvents(logger: Logger) {
  return (event: TokenwrightEvent): void => {
    const isBad = event.type === 'pause' || ('result' in event && event.result !== 'ok');
    if (isBad) logger.warn(event, `tokenwright ${event.type}`);
    else logger.info(event, `tokenwright ${event.type}`);
  };
}
