import { expect, it } from 'vitest';
import * as tokenwright from '../src/index.js';

it('the exported names do not change unnoticed', () => {
  expect(Object.keys(tokenwright).sort()).toMatchInlineSnapshot(`
    [
      "ApiError",
      "AuthenticationError",
      "ConfigurationError",
      "ConnectionError",
      "CredentialError",
      "InvalidInputError",
      "InvalidResponseError",
      "LimiterError",
      "NotFoundError",
      "PermissionDeniedError",
      "RateLimitError",
      "ServerError",
      "TimeoutError",
      "TokenNotPendingError",
      "TokenwrightError",
      "ValidationError",
      "canRevoke",
      "createClerk",
      "createIssuer",
      "createJunction",
      "createSfox",
      "isTokenwrightError",
      "providerIds",
    ]
  `);
});
