// A program that makes one call, says what came of it, and does nothing to end itself.
import { createClerk, createIssuer, createJunction, createSfox, isTokenwrightError } from '../../src/index.js';

const [operation = '', baseUrl = '', id = '', timeout = ''] = process.argv.slice(2);
const options = { apiKey: process.env['KEY'] ?? '', baseUrl };
const callOptions = { timeout: Number(timeout), retry: 0 };

const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  'junction issueToken': () => createIssuer('junction', options).issueToken(id, callOptions),
  'junction createUser': () => createJunction(options).users.create({ clientUserId: id }, callOptions),
  'junction resolveUser': () => createJunction(options).users.resolve(id, callOptions),
  'sfox issueToken': () => createIssuer('sfox', options).issueToken(id, callOptions),
  'clerk issueToken': () => createIssuer('clerk', options).issueToken(id, callOptions),
  'clerk revokeToken': () => createClerk(options).revokeToken(id, callOptions),
  async 'sfox batch'() {
    const [outcome] = await createSfox(options).issueTokens([id, `${id}-2`], callOptions);
    if (outcome?.status === 'rejected') throw outcome.reason;
  },
};

void calls[operation]?.().then(
  () => process.stdout.write('success'),
  (error: unknown) => process.stdout.write(isTokenwrightError(error) ? error.code : String(error)),
);
