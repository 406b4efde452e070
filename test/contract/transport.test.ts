import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { ApiError, type CallOptions } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { operations } from '../support/operations.js';
import { answers, type RecordedRequest, type Responder, startServer } from '../support/server.js';

/** Time that the machine may take beyond a deadline, in milliseconds. */
const slack = 500;

async function timed<T>(action: () => Promise<T>): Promise<{ result: T; elapsed: number }> {
  const start = performance.now();
  const result = await action();
  return { result, elapsed: performance.now() - start };
}

/** What a call under way ends with, when its signal is aborted after some time. */
async function abortedAfter(milliseconds: number, call: (options: CallOptions) => Promise<unknown>) {
  const controller = new AbortController();
  const reason = { why: 'the user went away' };
  setTimeout(() => {
    controller.abort(reason);
  }, milliseconds);
  const { result, elapsed } = await timed(() => call({ signal: controller.signal }).catch((error: unknown) => error));
  return { result, reason, elapsed, signal: controller.signal };
}

const stall = () => undefined;
const headersOnly =
  (status: number): Responder =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' });
    response.flushHeaders();
  };
const resetBeforeHeaders: Responder = (response) => response.destroy();
const resetInBody =
  (status: number): Responder =>
  (response) => {
    response.writeHead(status, { 'content-length': '1000' });
    response.write('{"partial":');
    setTimeout(() => response.destroy(), 20);
  };
const inTurn =
  (...responders: Responder[]): Responder =>
  (response: ServerResponse, request: RecordedRequest, index: number) => {
    responders[Math.min(index, responders.length - 1)]!(response, request, index);
  };

// At the same time, since most of a test is waiting.
describe.concurrent.each(operations)('$name', ({ prepare, success, key }) => {
  const succeed = answers(success);

  describe('does not follow redirects', () => {
    it.each([300, 301, 302, 303, 307, 308])('%i to another origin', async (status) => {
      const elsewhere = await startServer(succeed);
      const { url, requests } = await startServer(
        answers({ status, headers: { location: `${elsewhere.url}/stolen` } }),
      );
      const error = await failureOf(prepare({ baseUrl: url }).call());
      expect(error).toMatchObject({ name: 'ApiError', code: 'unexpected_status', status, retryable: false });
      expect(error.message).toContain('Redirects are not followed');
      expect(requests).toHaveLength(1);
      expect(elsewhere.requests).toEqual([]);
    });

    it('to itself, and an opaque one as browsers give it', async () => {
      const { url, requests } = await startServer(answers({ status: 302, headers: { location: '/again' } }));
      expect(await failureOf(prepare({ baseUrl: url }).call())).toMatchObject({ code: 'unexpected_status' });
      expect(requests).toHaveLength(1);

      const opaque = Object.defineProperties(new Response(null), {
        status: { value: 0 },
        type: { value: 'opaqueredirect' },
      });
      const fetch = () => Promise.resolve(opaque);
      expect(await failureOf(prepare({ baseUrl: url, fetch }).call())).toMatchObject({
        name: 'ApiError',
        code: 'unexpected_status',
        status: 0,
      });
    });
  });

  describe('keeps one deadline', () => {
    it.each([
      ['no headers', stall],
      ['a success without its body', headersOnly(success.status)],
    ])('over %s, and names the time allowed', async (_, respond) => {
      const { url } = await startServer(respond);
      const { result: error, elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call({ timeout: 100 })));
      expect(error).toMatchObject({ name: 'TimeoutError', code: 'timeout', timeout: 100, retryable: true });
      expect(elapsed).toBeGreaterThan(90);
      expect(elapsed).toBeLessThan(100 + slack);
    });

    it('over a dripping body', async () => {
      const { url } = await startServer((response) => {
        response.writeHead(success.status);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => {
          clearInterval(timer);
        });
      });
      const { result: error, elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call({ timeout: 150 })));
      expect(error).toMatchObject({ code: 'timeout' });
      expect(elapsed).toBeLessThan(150 + slack);
    });

    it('over attempts and the waits between them', async () => {
      const { url, requests } = await startServer(stall);
      const options = { timeout: 700, attemptTimeout: 50, retry: 10 };
      const { result: error, elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call(options)));
      expect(error).toMatchObject({ code: 'timeout' });
      expect(requests.length).toBeGreaterThan(1);
      expect(requests.length).toBeLessThan(5);
      expect(elapsed).toBeLessThan(700 + slack);
    });

    it('over a key function and a `fetch` that never settle and do not listen', async () => {
      const never = () => new Promise<never>(() => undefined);
      const options = { timeout: 100 };
      expect(
        await failureOf(prepare({ baseUrl: 'https://x.invalid', apiKey: never, fetch: never }).call(options)),
      ).toMatchObject({ code: 'timeout' });
      expect(await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch: never }).call(options))).toMatchObject({
        code: 'timeout',
      });
    });

    it('and gives the status where only the body of a failure is late', async () => {
      const { url } = await startServer(headersOnly(404));
      const { result: error, elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call({ timeout: 400 })));
      expect(error).toMatchObject({ code: 'not_found', status: 404, details: undefined });
      expect(elapsed).toBeLessThan(400 + slack);
    });

    it('and counts what is left of it, before it waits', async () => {
      const late = answers({ status: 503, headers: { 'retry-after': '1' } });
      const { url, requests } = await startServer((...args) =>
        setTimeout(() => {
          late(...args);
        }, 300),
      );
      const { result: error, elapsed } = await timed(() =>
        failureOf(prepare({ baseUrl: url }).call({ timeout: 1_200 })),
      );
      expect(error).toMatchObject({ code: 'server_error', retryAfter: 1 });
      expect(elapsed).toBeLessThan(300 + slack);
      expect(requests).toHaveLength(1);
    });

    it('tells what went wrong before the time ran out', async () => {
      const { url } = await startServer(inTurn(answers({ status: 503 }), stall));
      const error = await failureOf(prepare({ baseUrl: url }).call({ timeout: 800 }));
      expect(error).toMatchObject({ code: 'timeout', cause: { code: 'server_error', status: 503 } });
    });

    it('lets a client choose it, and a call overrule it', async () => {
      const { url } = await startServer(stall);
      const { call } = prepare({ baseUrl: url, timeout: 100 });
      expect(await failureOf(call())).toMatchObject({ timeout: 100 });
      expect(await failureOf(call({ timeout: 50 }))).toMatchObject({ timeout: 50 });
    });
  });

  describe('limits each attempt', () => {
    it.each([
      ['no headers', stall],
      ['a success without its body', headersOnly(success.status)],
    ])('and asks again after %s', async (_, respond) => {
      const { url, requests } = await startServer(inTurn(respond, succeed));
      await expect(prepare({ baseUrl: url }).call({ attemptTimeout: 100 })).resolves.toBeDefined();
      expect(requests).toHaveLength(2);
    });

    it('and says so where none is left', async () => {
      const { url, requests } = await startServer(stall);
      const error = await failureOf(prepare({ baseUrl: url, attemptTimeout: 50, retry: 1 }).call());
      expect(error).toMatchObject({ code: 'timeout', timeout: 50 });
      expect(requests).toHaveLength(2);
    });
  });

  describe('asks again', () => {
    it.each([408, 429, 500, 502, 503, 504])('after a %i', async (status) => {
      const { url, requests } = await startServer(
        inTurn(answers({ status, headers: { 'retry-after': '0' } }), succeed),
      );
      await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
      expect(requests).toHaveLength(2);
      expect(requests[1]).toEqual(requests[0]);
    });

    it.each([
      ['a reset before the headers', resetBeforeHeaders],
      ['a reset in the body of a success', resetInBody(success.status)],
    ])('after %s', async (_, respond) => {
      const { url, requests } = await startServer(inTurn(respond, succeed));
      await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
      expect(requests).toHaveLength(2);
    });

    it('twice by default, and then gives what came last', async () => {
      const again = { 'retry-after': '0' };
      const canned = [503, 500, 429, 200].map((status) => ({ status, headers: again, body: {} }));
      const { url, requests } = await startServer(answers(...canned));
      expect(await failureOf(prepare({ baseUrl: url }).call())).toMatchObject({ code: 'rate_limited', status: 429 });
      expect(requests).toHaveLength(3);
    });

    it('as often as it is told', async () => {
      for (const retry of [0, 1, { limit: 0 }]) {
        const { url, requests } = await startServer(answers({ status: 503, headers: { 'retry-after': '0' } }));
        await failureOf(prepare({ baseUrl: url }).call({ retry }));
        expect(requests).toHaveLength(1 + (typeof retry === 'number' ? retry : retry.limit));
      }
    });

    it('only after the statuses it is told', async () => {
      const { url, requests } = await startServer(answers({ status: 503 }));
      await failureOf(prepare({ baseUrl: url }).call({ retry: { statusCodes: [429] } }));
      expect(requests).toHaveLength(1);
    });

    it.each([400, 401, 403, 404, 409, 413, 422, 501])('never after a %i', async (status) => {
      const { url, requests } = await startServer(answers({ status, headers: { 'retry-after': '0' } }));
      await failureOf(prepare({ baseUrl: url }).call());
      expect(requests).toHaveLength(1);
    });

    it('with growing waits that are no two the same', async () => {
      const { url } = await startServer(answers({ status: 503 }));
      const { elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call()));
      expect(elapsed).toBeGreaterThan(250 + 500 - 5);
      expect(elapsed).toBeLessThan(500 + 1000 + slack);
    });
  });

  describe('waits as long as it is asked to', () => {
    it('in seconds', async () => {
      const { url } = await startServer(inTurn(answers({ status: 429, headers: { 'retry-after': '1' } }), succeed));
      const { elapsed } = await timed(() => prepare({ baseUrl: url }).call());
      expect(elapsed).toBeGreaterThan(990);
      expect(elapsed).toBeLessThan(1000 + slack);
    });

    it('or until a date', async () => {
      const { url } = await startServer((response, _, index) => {
        const headers = { 'retry-after': new Date(Date.now() + 2000).toUTCString() };
        answers({ status: 503, headers }, success)(response, _, index);
      });
      const { elapsed } = await timed(() => prepare({ baseUrl: url }).call());
      // A date has no parts of a second: the wait is between one and two.
      expect(elapsed).toBeGreaterThan(900);
      expect(elapsed).toBeLessThan(2000 + slack);
    });

    it.each([
      [429, 'rate_limited'],
      [503, 'server_error'],
    ])('or rejects a %i at once where the time left is shorter', async (status, code) => {
      const { url, requests } = await startServer(answers({ status, headers: { 'retry-after': '86400' }, body: {} }));
      const { result: error, elapsed } = await timed(() => failureOf(prepare({ baseUrl: url }).call()));
      expect(error).toMatchObject({ code, status, retryAfter: 86_400 });
      expect(elapsed).toBeLessThan(slack);
      expect(requests).toHaveLength(1);
    });

    it.each(['-1', 'soon', '', '1e3', 'Wed, 32 Foo 2026 99:99:99 GMT'])('and ignores %j', async (value) => {
      const { url } = await startServer(inTurn(answers({ status: 429, headers: { 'retry-after': value } }), succeed));
      await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
    });
  });

  describe('is aborted at once, with the reason untouched', () => {
    it('before it began: nothing is sent, no key is asked for', async () => {
      const { url, requests } = await startServer(succeed);
      let asked = 0;
      const apiKey = () => {
        asked += 1;
        return key;
      };
      const reason = new Error('mine');
      await expect(prepare({ baseUrl: url, apiKey }).call({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(asked).toBe(0);
      expect(requests).toEqual([]);
    });

    it.each([
      ['while it waits for headers', stall],
      ['in the body of a success', headersOnly(success.status)],
      ['in the body of a failure', headersOnly(404)],
      ['in a wait', answers({ status: 503, headers: { 'retry-after': '20' } })],
    ])('%s', async (_, respond) => {
      const { url, requests } = await startServer(respond);
      const { call } = prepare({ baseUrl: url });
      const { result, reason, elapsed, signal } = await abortedAfter(100, call);
      expect(result).toBe(reason);
      expect(elapsed).toBeLessThan(100 + slack);
      expect(requests).toHaveLength(1);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('while a key function or a `fetch` does not settle', async () => {
      const never = () => new Promise<never>(() => undefined);
      for (const options of [{ apiKey: never }, { fetch: never }]) {
        const { call } = prepare({ baseUrl: 'https://x.invalid', ...options });
        const { result, reason, elapsed } = await abortedAfter(50, call);
        expect(result).toBe(reason);
        expect(elapsed).toBeLessThan(50 + slack);
      }
    });

    it('and lets go of the connection', async () => {
      let closed: () => void = stall;
      const gone = new Promise<void>((resolve) => (closed = resolve));
      const { url } = await startServer((response) => response.on('close', closed));
      await abortedAfter(50, prepare({ baseUrl: url }).call);
      await gone;
    });
  });

  it('makes one listener of many calls on one signal, and no warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { url } = await startServer(stall);
    const { call } = prepare({ baseUrl: url });
    const controller = new AbortController();
    const calls = Array.from({ length: 50 }, () =>
      call({ signal: controller.signal }).catch((error: unknown) => error),
    );
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort('enough');
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['enough']));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve));
    process.off('warning', note);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });

  it('leaves no listener on the signal of a call that ended by itself', async () => {
    const controller = new AbortController();
    const { url } = await startServer(inTurn(succeed, answers({ status: 404 })));
    const { call } = prepare({ baseUrl: url });
    await call({ signal: controller.signal });
    await failureOf(call({ signal: controller.signal }));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  describe('understands any answer', () => {
    it.each([
      ['HTML', '<html><body>Not here</body></html>'],
      ['nothing', undefined],
      ['null', null],
      ['a number', 7],
      ['a list', [1, 2]],
      ['broken JSON', '{"detail": "unfini'],
      ['text that is JSON but no object', '"why"'],
    ])('a failure with %s keeps its status', async (_, body) => {
      const { url } = await startServer(answers({ status: 422, body }));
      const error = await failureOf(prepare({ baseUrl: url }).call());
      expect(error).toMatchObject({ code: 'validation_failed', status: 422, issues: [], details: undefined });
    });

    it('a failure that breaks off keeps its status', async () => {
      const { url, requests } = await startServer(resetInBody(404));
      expect(await failureOf(prepare({ baseUrl: url }).call())).toMatchObject({ code: 'not_found', status: 404 });
      expect(requests).toHaveLength(1);
    });

    it('content types do not matter', async () => {
      for (const type of ['text/html', 'application/json; charset=utf-8', 'application/octet-stream', 'nonsense']) {
        const { url } = await startServer(answers({ ...success, headers: { 'content-type': type } }));
        await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
      }
    });

    it('a byte order mark does not matter', async () => {
      const { url } = await startServer(
        answers({ status: success.status, body: `\ufeff${JSON.stringify(success.body)}` }),
      );
      await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
    });

    it('a key named __proto__ changes nothing', async () => {
      const body = JSON.stringify(success.body).replace('{', '{"__proto__":{"polluted":true},');
      const { url } = await startServer(answers({ status: success.status, body }));
      const token = await prepare({ baseUrl: url }).call();
      expect((token as { polluted?: unknown }).polluted).toBeUndefined();
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

    it.each([
      [success.status, 'InvalidResponseError', 'invalid_response'],
      [404, 'NotFoundError', 'not_found'],
    ])('an endless %i ends at a mebibyte', async (status, name, code) => {
      let written = 0;
      const { url, requests } = await startServer((response) => {
        response.writeHead(status);
        const chunk = 'x'.repeat(65_536);
        const pour = () => {
          while (response.write(chunk)) written += chunk.length;
          response.once('drain', pour);
        };
        pour();
      });
      const error = await failureOf(prepare({ baseUrl: url }).call());
      expect(error).toMatchObject({ name, code, status });
      expect(requests).toHaveLength(1);
      // What the sockets buffer comes on top.
      expect(written).toBeLessThan(16 * 1_048_576);
    });

    it('text may be cut anywhere on its way, also within a letter', async () => {
      const text = JSON.stringify({ ...(success.body as object), note: 'für immer' });
      const bytes = Buffer.from(text);
      const cut = bytes.indexOf(0xbc);
      const { url } = await startServer((response) => {
        response.writeHead(success.status);
        response.write(bytes.subarray(0, cut));
        setTimeout(() => response.end(bytes.subarray(cut)), 20);
      });
      const result = (await prepare({ baseUrl: url }).call()) as { raw?: unknown };
      if (result.raw !== undefined) expect(result.raw).toMatchObject({ note: 'für immer' });
    });

    it.each([
      [1_048_576, 'resolves'],
      [1_048_577, 'rejects'],
    ])('a body of %i bytes %s', async (size, outcome) => {
      const text = JSON.stringify(success.body);
      const { url } = await startServer(
        answers({ status: success.status, body: text + ' '.repeat(size - Buffer.byteLength(text)) }),
      );
      const call = prepare({ baseUrl: url }).call();
      if (outcome === 'resolves') await expect(call).resolves.toBeDefined();
      else expect((await failureOf(call)).message).toContain('more than 1048576 bytes');
    });

    it.each([202, 299])('any success will do: %i', async (status) => {
      const { url } = await startServer(answers({ ...success, status }));
      await expect(prepare({ baseUrl: url }).call()).resolves.toBeDefined();
    });

    it('what is not read is let go of', async () => {
      for (const status of [302, 404, success.status]) {
        let isLetGo = false;
        const endless = () =>
          new ReadableStream({
            pull: (controller) => {
              controller.enqueue(new Uint8Array(65_536));
            },
            cancel: () => {
              isLetGo = true;
            },
          });
        const fetch = () => Promise.resolve(new Response(endless(), { status }));
        await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
        expect(isLetGo, String(status)).toBe(true);
      }
    });

    it('an answer that comes too late is let go of', async () => {
      let isLetGo = false;
      const body = new ReadableStream({
        cancel: () => {
          isLetGo = true;
        },
      });
      const fetch = async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return new Response(body, { status: 200 });
      };
      await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch, retry: 0 }).call({ timeout: 30 }));
      await vi.waitFor(() => {
        expect(isLetGo).toBe(true);
      });
    });

    it('a `fetch` that returns no Response is named, and not asked again', async () => {
      const used = Response.json(success.body);
      await used.text();
      const locked = Response.json(success.body);
      locked.body!.getReader();
      const foreign = { status: 200, headers: new Headers(), body: { pipe: () => undefined } };
      const headers = new Headers();
      const parts = [{ status: 200 }, { headers, body: null }, { status: 200, headers: {}, body: null }];
      const noBody = { status: 200, headers };
      for (const returned of [undefined, null, 'text', {}, ...parts, noBody, used, locked, foreign]) {
        const fetch = vi.fn(() => Promise.resolve(returned as Response));
        const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
        expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option' });
        expect(error.message).toContain('`fetch`');
        expect(fetch).toHaveBeenCalledTimes(1);
      }
    });
  });

  describe('reports a network that fails', () => {
    it('with its code', async () => {
      const { url } = await startServer(resetBeforeHeaders);
      const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call());
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'connection_failed', retryable: true });
      expect(error).not.toBeInstanceOf(ApiError);
      expect(error.cause).toMatchObject({ message: 'fetch failed', code: 'UND_ERR_SOCKET' });
    });

    it('refused', async () => {
      // A port that was free a moment ago.
      const { createServer } = await import('node:net');
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      await new Promise((resolve) => server.close(resolve));
      const error = await failureOf(prepare({ baseUrl: `http://127.0.0.1:${String(port)}`, retry: 0 }).call());
      expect(error).toMatchObject({ code: 'connection_failed', cause: { code: 'ECONNREFUSED' } });
      expect(error.message).toContain('ECONNREFUSED');
    });

    it.each([
      ['an error', new TypeError('Failed to fetch')],
      ['text', 'boom'],
      ['nothing', undefined],
      ['null', null],
    ])('where `fetch` throws %s', async (_, thrown) => {
      const fetch = vi.fn().mockRejectedValue(thrown);
      const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch, retry: 0 }).call());
      expect(error).toMatchObject({ code: 'connection_failed' });
      expect(error.cause).toBeInstanceOf(Error);
    });
  });
});
