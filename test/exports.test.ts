import { expect, it } from 'vitest';
import * as tokenwright from '../src/index.js';
import { subjects } from './support/subjects/index.js';

it('the exported names do not change unnoticed', () => {
  const factories = Object.values(subjects).map(({ bundle }) => bundle.factory);
  expect(Object.keys(tokenwright)).toEqual(expect.arrayContaining(factories));
  const others = Object.keys(tokenwright).filter((name) => !factories.includes(name));
  expect(others.sort()).toMatchInlineSnapshot(`
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
      "createIssuer",
      "createRateLimiter",
      "errorFromJSON",
      "isTokenwrightError",
      "outcomeFromJSON",
      "outcomeToJSON",
      "providerIds",
    ]
  `);
});
