import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/failures.js';
import { judgedOperations } from '../support/operations.js';
import { unusedPort } from '../support/port.js';
import { everythingShownBy } from '../support/shown.js';
import { startFaultServer } from './fault-server.js';

describe.each(judgedOperations)('$name, where nobody answers', ({ prepare, key }) => {
  async function failureAt(baseUrl: string, mayPass = true) {
    const error = await failureOf(prepare({ baseUrl }).call({ retry: 0, timeout: 15_000 }));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'connection_failed', retryable: mayPass });
    expect(everythingShownBy(error)).not.toContain(key);
    return error;
  }

  it('a port without a server', async () => {
    const error = await failureAt(`http://127.0.0.1:${String(await unusedPort())}`);
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('TLS to a port without TLS: no key is sent', async () => {
    const server = await startFaultServer(({ answer }) => {
      answer(200, {}, '{}');
    });
    const error = await failureAt(server.url.replace('http:', 'https:'), false);
    expect(error.message).toContain('The server does not speak https on that port.');
    expect(server.exchanges).toEqual([]);
    await server.stop();
  });

  it('a name that does not resolve', async () => {
    const error = await failureAt('https://tokenwright.invalid');
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });
});
