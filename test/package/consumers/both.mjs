import { createRequire } from 'node:module';
import { ConfigurationError, createSfox, isTokenwrightError, NotFoundError } from 'tokenwright';

const commonJs = createRequire(import.meta.url)('tokenwright');
try {
  commonJs.createSfox({ apiKey: 'made-up' });
} catch (error) {
  console.log(error instanceof ConfigurationError, isTokenwrightError(error), error instanceof NotFoundError);
}
void createSfox;
