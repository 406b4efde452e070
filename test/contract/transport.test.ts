import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { issueOperations } from '../support/operations.js';
import { answers, type RecordedRequest, type Responder, startServer } from '../support/server.js';

const stall = () => undefined;
const resetBeforeHeaders: Responder = (response) => response.destroy();
const inTurn =
  (...responders: Responder[]): Responder =>
  (response: ServerResponse, request: RecordedRequest, index: number) => {
    responders[Math.min(index, responders.length - 1)]!(response, request, index);
  };

// What the transport does for all operations in the same way, beside the table of faults.
const { prepare, success, key } = issueOperations.clerk;

// At the same time, since most of a test is waiting.
describe.concurrent('the transport', () => {
  const succeed = answers(success);

  describe('rule 1: no redirects', () => {
    it('to itself, and an opaque one as browsers give it', async () => {
      const { url, requests } = await startServer(answers({ status: 302, headers: { location: '/again' } }));
      const error = await failureOf(prepare({ baseUrl: url }).call());
      expect(error).toMatchObject({ code: 'unexpected_status', retryable: false });
      expect(error.message).toContain('Redirects are not followed');
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

  describe('rule 1: a redirect that a `fetch` followed is an error', () => {
    const from = (fields: object) => () =>
      Promise.resolve(Object.defineProperties(Response.json(success.body), toGetters(fields)));
    const toGetters = (fields: object) =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value: value as unknown }]));

    it.each([
      ['to another origin', { redirected: true, url: 'https://evil.example/token' }, 'https://evil.example'],
      ['that it does not own up to', { url: 'https://evil.example/token' }, 'https://evil.example'],
      ['to another port', { url: 'https://x.invalid:8443/v1/sign_in_tokens' }, 'https://x.invalid:8443'],
      ['to plain http', { url: 'http://x.invalid/v1/sign_in_tokens' }, 'http://x.invalid'],
      ['within the origin', { redirected: true, url: 'https://x.invalid/elsewhere' }, 'https://x.invalid'],
      ['to nobody knows', { redirected: true }, 'another address'],
      ['to no address', { url: 'not an address' }, 'another address'],
    ])('%s', async (_, fields, place) => {
      const fetch = vi.fn(from(fields));
      const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
      expect(error).toMatchObject({ name: 'ApiError', code: 'unexpected_status', status: 200 });
      expect(error).toMatchObject({ retryable: false, scope: 'account' });
      expect(error.message).toContain(`The answer came from ${place}: \`fetch\` followed a redirect`);
      expect(error.message).not.toContain('/token');
      expect(fetch).toHaveBeenCalledTimes(1);
    });

    it.each([
      {},
      { url: '' },
      { url: 'https://x.invalid/v1/sign_in_tokens' },
      { url: 'https://x.invalid/rewritten' },
      { redirected: false },
    ])('and %j is none', async (fields) => {
      await expect(prepare({ baseUrl: 'https://x.invalid', fetch: from(fields) }).call()).resolves.toBeDefined();
    });

    it('as a `fetch` that drops the options follows it', async () => {
      const elsewhere = await startServer(succeed);
      const { url } = await startServer(answers({ status: 307, headers: { location: `${elsewhere.url}/stolen` } }));
      const careless = (address: string, { method, body = null }: RequestInit) =>
        fetch(address, { method: method ?? 'GET', body });
      const error = await failureOf(prepare({ baseUrl: url, fetch: careless }).call());
      expect(error).toMatchObject({ code: 'unexpected_status', status: 200 });
      expect(error.message).toContain(elsewhere.url);
    });
  });

  describe('rule 4: repeats what may pass', () => {
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

    it.each([501, 505, 522])('after a %i that it is told, whose error then says that it may pass', async (status) => {
      const { url, requests } = await startServer(answers({ status, headers: { 'retry-after': '0' } }));
      const retry = { limit: 1, statusCodes: [status] };
      const error = await failureOf(prepare({ baseUrl: url }).call({ retry }));
      expect(error).toMatchObject({ code: 'server_error', status, retryable: true });
      expect(requests).toHaveLength(2);
    });

    it.each([400, 401, 403, 404, 409, 413, 422, 501])('never after a %i', async (status) => {
      const { url, requests } = await startServer(answers({ status, headers: { 'retry-after': '0' } }));
      await failureOf(prepare({ baseUrl: url }).call());
      expect(requests).toHaveLength(1);
    });
  });

  describe('rule 3: is aborted at once, with the reason untouched', () => {
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

    it('and lets go of the connection', async () => {
      const controller = new AbortController();
      const gone = new Promise<void>((resolve) => {
        void startServer((response) => {
          response.on('close', resolve);
          // Not before the request is there: one that never left leaves no connection to let go of.
          controller.abort('enough');
        }).then(({ url }) => prepare({ baseUrl: url }).call({ signal: controller.signal }).catch(stall));
      });
      await gone;
    });
  });

  it('rule 3: makes one listener of many calls on one signal, and no warning', async () => {
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

  it('rule 3: leaves no listener on the signal of a call that ended by itself', async () => {
    const controller = new AbortController();
    const { url } = await startServer(inTurn(succeed, answers({ status: 404 })));
    const { call } = prepare({ baseUrl: url });
    await call({ signal: controller.signal });
    await failureOf(call({ signal: controller.signal }));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  describe('rule 5: any answer is understood', () => {
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

    it('an answer that comes after an abort with an error of this package is let go of', async () => {
      const cancel = vi.fn();
      let answer: (response: Response) => void = stall;
      const fetch = () => new Promise<Response>((resolve) => (answer = resolve));
      const controller = new AbortController();
      const failed = failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call({ signal: controller.signal }));
      await vi.waitFor(() => {
        expect(answer).not.toBe(stall);
      }, 10_000);
      const reason = new ApiError({
        code: 'conflict',
        message: 'x',
        provider: 'clerk',
        operation: 'issueToken',
        status: 409,
      });
      controller.abort(reason);
      expect(await failed).toBe(reason);
      answer(new Response(new ReadableStream({ cancel })));
      await vi.waitFor(() => {
        expect(cancel).toHaveBeenCalledTimes(1);
      }, 10_000);
    });

    it('a `fetch` that returns no Response is named, and not asked again: the request was made', async () => {
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
        expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'invalid_response', status: 0 });
        expect(error).toMatchObject({ retryable: false, scope: 'service' });
        expect(error.message).toContain(
          'Clerk was sent the request, but the function `fetch` did not return a Response',
        );
        expect(error.message).toContain('A token may have been issued that nobody received.');
        expect(fetch).toHaveBeenCalledTimes(1);
      }
    });

    it('and what it returned is let go of', async () => {
      const cancel = vi.fn(() => Promise.resolve());
      const destroy = vi.fn();
      const bodies = [{ cancel }, { destroy }, { cancel: 'no function' }, 'text', null];
      for (const body of bodies) {
        const fetch = () => Promise.resolve({ status: 200, body } as never);
        const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
        expect(error).toMatchObject({ code: 'invalid_response', status: 0 });
      }
      expect([cancel.mock.calls.length, destroy.mock.calls.length]).toEqual([1, 1]);
    });

    it.each([
      [success.status, 'InvalidResponseError', 'invalid_response'],
      [404, 'NotFoundError', 'not_found'],
    ])('an answer %i without a body is judged by its status', async (status, name, code) => {
      const fetch = vi.fn(() => Promise.resolve(new Response(null, { status })));
      const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
      expect(error).toMatchObject({ name, code, status });
      expect(fetch).toHaveBeenCalledTimes(1);
    });

    it('a body of something else than bytes cannot be used, and is not asked for again', async () => {
      const fetch = vi.fn(() => {
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue('{}');
            controller.close();
          },
        });
        return Promise.resolve({ status: success.status, headers: new Headers(), body } as Response);
      });
      const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch }).call());
      expect(error).toMatchObject({ code: 'invalid_response', status: success.status });
      expect(error.message).toContain('the body is not made of bytes');
      expect(fetch).toHaveBeenCalledTimes(1);
    });
  });

  describe('rule 4: reports a network that fails', () => {
    it('with its code', async () => {
      const { url } = await startServer(resetBeforeHeaders);
      const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call());
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'connection_failed', retryable: true });
      expect(error).not.toBeInstanceOf(ApiError);
      expect(error.cause).toMatchObject({ message: 'fetch failed', code: 'UND_ERR_SOCKET' });
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
