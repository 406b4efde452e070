import { type DestinationStream, type Logger, pino } from 'pino';
import type { TokenwrightEvent } from 'tokenwright';

/** A logger that redacts a token that is logged by itself, as in `logger.info({ token })`. */
export function createLogger(destination?: DestinationStream): Logger {
  return pino({ redact: ['*.token', '*.url', '*.raw'] }, destination);
}

/** A listener for `onEvent`: events hold neither secrets nor ids of users, and are logged as they are. */
export function logEvents(logger: Logger) {
  return (event: TokenwrightEvent): void => {
    const isBad = event.type === 'pause' || ('result' in event && event.result !== 'ok');
    if (isBad) logger.warn(event, `tokenwright ${event.type}`);
    else logger.info(event, `tokenwright ${event.type}`);
  };
}
