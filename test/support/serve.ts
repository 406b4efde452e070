import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type FakeServer, serveFakes } from '../../src/cli/serve.js';
import { createFakeProviders, type FakeProviders, type FakeProvidersOptions } from '../../src/testing/index.js';

/** The fakes over real HTTP for the tests of a file, forgetful between them. */
export function useServedFakes(options?: FakeProvidersOptions): {
  readonly fakes: FakeProviders;
  readonly server: () => FakeServer;
} {
  const fakes = createFakeProviders(options);
  let server: FakeServer | undefined;
  beforeAll(async () => {
    server = await serveFakes(fakes);
  });
  beforeEach(fakes.reset);
  afterAll(() => server?.close());
  return {
    fakes,
    server() {
      if (server === undefined) throw new Error('The server runs within tests only.');
      return server;
    },
  };
}
