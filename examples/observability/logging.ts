import { type DestinationStream, type Logger, pino } from 'pino';
import type { TokenwrightEvent } from 'tokenwright';

/** Paths for pino's `redact`: hide secrets in `logger.info(token)`, `logger.info({ token })` and `logger.info({ outcome })`. */
export const redact = ['token', 'url', 'raw'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function createLogger(destination?: DestinationStream): Logger {
  return pino({ redact }, destination);
}

/** A listener for `onEvent`. Events contain no secrets and no user ids, so they may be logged unchanged. */
export function logEvents(logger: Logger) {
  return (event: TokenwrightEvent): void => {
    const isBad = event.type === 'pause' || ('result' in event && event.result !== 'ok');
    if (isBad) logger.warn(event, `tokenwright ${event.type}`);
    else logger.info(event, `tokenwright ${event.type}`);
  };
}
