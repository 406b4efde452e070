import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createIssuer, type CredentialRequest } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { judgedOperations, optionsOf } from '../support/operations.js';
import { type RecordedRequest, startServer } from '../support/server.js';
import { judged, subjects } from '../support/subjects/index.js';
import { useVirtualTime } from '../support/virtual-time.js';

const hasKey = ({ headers }: RecordedRequest, key: string) =>
  Object.values(headers).some((value) => String(value).endsWith(key));

describe.each(judgedOperations)('$name, with a function for a key', ({ provider, key, success, prepare }) => {
  const oldKey = `${key}-old`;

  /** A provider that knows one key only. */
  const startProvider = (good = key) =>
    startServer((response, request) => {
      const isKnown = hasKey(request, good);
      response.writeHead(isKnown ? success.status : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isKnown ? success.body : {}));
    });

  it('asks once more after a 401, and tries another key at once', async () => {
    const { url, requests } = await startProvider();
    const apiKey = vi.fn(({ rejected }: CredentialRequest) => (rejected ? key : oldKey));
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url, retry: 0 });
    await call();
    expect(apiKey.mock.calls).toEqual([[{ rejected: false }], [{ rejected: true }]]);
    expect(requests.map((request) => hasKey(request, key))).toEqual([false, true]);
  });

  it('does not send the same key again', async () => {
    const { url, requests } = await startProvider();
    const apiKey = vi.fn(() => Promise.resolve(oldKey));
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url });
    await expect(call()).rejects.toMatchObject({ code: 'unauthorized', status: 401 });
    expect(apiKey).toHaveBeenCalledTimes(2);
    expect(requests).toHaveLength(1);
  });

  it('asks for no other key after another failure', async () => {
    const { url, requests } = await startServer((response) => response.writeHead(500).end());
    const apiKey = vi.fn<(request: CredentialRequest) => string>(() => key);
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url, retry: 0 });
    await expect(call()).rejects.toMatchObject({ status: 500 });
    expect(apiKey.mock.calls).toEqual([[{ rejected: false }]]);
    expect(requests).toHaveLength(1);
  });

  it('still knows at the next call that the key was refused', async () => {
    const { url } = await startProvider();
    const apiKey = vi.fn<(request: CredentialRequest) => string>(() => oldKey);
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url });
    await failureOf(call());
    apiKey.mockClear().mockImplementation(({ rejected }) => (rejected ? key : oldKey));
    await call();
    expect(apiKey.mock.calls).toEqual([[{ rejected: true }]]);
    await call();
    expect(apiKey.mock.calls[1]).toEqual([{ rejected: false }]);
  });

  it('sends a key that is no function once', async () => {
    const { url, requests } = await startProvider();
    await expect(prepare({ ...optionsOf(provider, oldKey), baseUrl: url }).call()).rejects.toMatchObject({
      status: 401,
    });
    expect(requests).toHaveLength(1);
  });

  it('calls it one call at a time, and once for refusals that come together', async () => {
    const { url } = await startProvider();
    let running = 0;
    let current = oldKey;
    const apiKey = vi.fn(async ({ rejected }: CredentialRequest) => {
      running += 1;
      expect(running).toBe(1);
      await sleep(5);
      running -= 1;
      if (rejected) current = key;
      return current;
    });
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url, retry: 0 });
    await Promise.all(Array.from({ length: 20 }, () => call()));
    expect(apiKey.mock.calls.filter(([{ rejected }]) => rejected)).toHaveLength(1);
  });

  it('asks once for refusals that come together, also if there is no other key', async () => {
    const answerNow: (() => void)[] = [];
    const { url } = await startServer((response) => {
      answerNow.push(() => response.writeHead(401).end());
    });
    const apiKey = vi.fn<(request: CredentialRequest) => string>(() => oldKey);
    const { call } = prepare({ ...optionsOf(provider, apiKey), baseUrl: url, retry: 0 });
    const failures = Array.from({ length: 5 }, () => failureOf(call()));
    await vi.waitFor(() => {
      expect(answerNow).toHaveLength(5);
    }, 10_000);
    // One after the other: each finds that the first has seen to it.
    for (const [index, answer] of answerNow.entries()) {
      answer();
      await Promise.race(failures.slice(index));
    }
    for (const failure of failures) expect(await failure).toMatchObject({ code: 'unauthorized' });
    expect(apiKey.mock.calls.filter(([{ rejected }]) => rejected)).toHaveLength(1);
  });

  describe('in virtual time', () => {
    useVirtualTime();
    const fetch = (_: string, { headers }: RequestInit) => {
      const isKnown = Object.values(headers as Record<string, string>).some((value) => value.endsWith(key));
      return Promise.resolve(
        isKnown ? Response.json(success.body, { status: success.status }) : new Response(null, { status: 401 }),
      );
    };
    const prepareWith = (apiKey: (request: CredentialRequest) => string | Promise<string>, options: object = {}) =>
      prepare({ ...optionsOf(provider, apiKey), baseUrl: 'https://x.invalid', fetch, ...options });
    const sealed = () => {
      throw new Error('the vault is sealed');
    };

    it('repeats a call for which it failed, and tells it of the refusal again', async () => {
      const apiKey = vi
        .fn<(request: CredentialRequest) => string>()
        .mockReturnValueOnce(oldKey)
        .mockImplementationOnce(sealed)
        .mockReturnValue(key);
      await prepareWith(apiKey).call();
      expect(apiKey.mock.calls.map(([{ rejected }]) => rejected)).toEqual([false, true, true]);
    });

    it('fails as it fails', async () => {
      const apiKey = vi.fn<() => string>().mockReturnValueOnce(oldKey).mockImplementation(sealed);
      await expect(prepareWith(apiKey, { retry: 0 }).call()).rejects.toMatchObject({
        code: 'api_key_unavailable',
        cause: { message: 'the vault is sealed' },
      });
      // Its timer went with it.
      expect(vi.getTimerCount()).toBe(0);
    });

    it('ends with the 401 if it does not return in time, and with the reason of an abort', async () => {
      const hang = ({ rejected }: CredentialRequest) => (rejected ? new Promise<string>(() => undefined) : oldKey);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      const start = performance.now();
      const error = await failureOf(prepareWith(hang, { timeout: 7_000 }).call());
      expect(error).toMatchObject({ code: 'unauthorized' });
      expect(performance.now() - start).toBeCloseTo(7_000, -1);
      const controller = new AbortController();
      const reason = new Error('enough');
      const { call } = prepareWith((request) => {
        if (request.rejected) controller.abort(reason);
        return hang(request);
      });
      await expect(call({ signal: controller.signal })).rejects.toBe(reason);
    });

    it('does not wait for good for a call of it that hangs', async () => {
      const apiKey = vi.fn<() => string | Promise<string>>().mockReturnValueOnce(new Promise(() => undefined));
      apiKey.mockReturnValue(key);
      await prepareWith(apiKey).call();
      expect(apiKey).toHaveBeenCalledTimes(2);
    });
  });
});

describe.each(judged)('%s in bulk', (provider) => {
  const { userId, target, key } = subjects[provider];
  const ids = Array.from({ length: 30 }, (_, index) => userId(index + 1));
  const oldKey = `${key}-old`;

  function prepare(apiKey: (request: CredentialRequest) => string) {
    const fakes = createFakeProviders();
    fakes[provider].acceptKey(key);
    const { fetch } = fakes;
    return { fakes, issuer: createIssuer(provider, { ...optionsOf(provider, apiKey), ...target, fetch }) };
  }

  it('serves everybody although the function has failed once', async () => {
    let asked = 0;
    const { issuer } = prepare(() => {
      asked += 1;
      if (asked === 1) throw new Error('the vault is restarting');
      return key;
    });
    const outcomes = await issuer.issueTokens(ids, { concurrency: 2 });
    expect(outcomes.map(({ status }) => status)).toEqual(ids.map(() => 'fulfilled'));
  });

  it('asks once more before a 401 stops the rest', async () => {
    const apiKey = vi.fn(({ rejected }: CredentialRequest) => (rejected ? key : oldKey));
    let isRotated = false;
    const { issuer } = prepare((request) => {
      isRotated ||= request.rejected;
      apiKey(request);
      return isRotated ? key : oldKey;
    });
    const outcomes = await issuer.issueTokens(ids, { concurrency: 4 });
    expect(outcomes.map(({ status }) => status)).toEqual(ids.map(() => 'fulfilled'));
    expect(apiKey.mock.calls.filter(([{ rejected }]) => rejected)).toHaveLength(1);
  });

  it('stops the rest if there is no other key', async () => {
    const { issuer, fakes } = prepare(() => oldKey);
    const outcomes = await issuer.issueTokens(ids, { concurrency: 2 });
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unauthorized' } });
    expect(fakes[provider].calls.length).toBeLessThanOrEqual(2);
  });
});
