// The handlers, in whichever version of msw stands beside the package.
import { setupServer } from 'msw/node';
import { createClerk } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { createFakeHandlers } from 'tokenwright/msw';
import { accept } from './acceptance.mjs';

const checks = {
  async msw() {
    const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
    const server = setupServer(...createFakeHandlers(fakes));
    server.listen({ onUnhandledRequest: 'error', onUnhandledFrame: 'error' });
    try {
      const clerk = createClerk({ apiKey: 'sk_test_made-up' });
      const { token } = await clerk.issueToken('user_1');
      if (fakes.clerk.tokens[0]?.token !== token) throw new Error('the token is not of the fakes');
      const code = await clerk.issueToken('user_2').catch((error) => error.code);
      if (code !== 'not_found') throw new Error(`the code is ${code}`);
    } finally {
      server.close();
    }
  },
};
console.log(JSON.stringify(await accept(checks, {})));
