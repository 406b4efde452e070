import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type ServedFakes, serveFakes } from '../../src/testing/server/serve.js';
import { createFakeProviders, type FakeProviders, type FakeProvidersOptions } from '../../src/testing/index.js';

/** The fakes over real HTTP for the tests of a file, forgetful between them. */
export function useServedFakes(options?: FakeProvidersOptions): {
  readonly fakes: FakeProviders;
  readonly server: () => ServedFakes;
} {
  const fakes = createFakeProviders(options);
  let server: ServedFakes | undefined;
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
