import { inspect } from 'node:util';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createIssuer, type IssuedToken, type ProviderId } from '../../src/index.js';
import { providerIds } from '../../src/providers/create-issuer.js';
import { issueOperations, judgedIssueOperations, judgedOperations, optionsOf } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';

describe.each(judgedOperations)('$name', ({ prepare, request, success }) => {
  it('sends exactly the documented request, once', async () => {
    const { url, requests } = await startServer(answers(success));
    await prepare({ baseUrl: url }).call();

    expect(requests).toHaveLength(1);
    const [sent] = requests;
    expect(sent).toMatchObject({ method: request.method ?? 'POST', path: request.path, body: request.body });
    expect(sent!.headers.accept).toBe('application/json');
    for (const [name, value] of Object.entries(request.headers)) expect(sent!.headers[name], name).toBe(value);
  });

  it('sends no header that is not meant for the provider', async () => {
    const { url, requests } = await startServer(answers(success));
    await prepare({ baseUrl: url }).call();

    const ofEveryFetch = [
      'accept-encoding',
      'accept-language',
      'cache-control',
      'connection',
      'content-length',
      'host',
    ];
    const known = [
      ...ofEveryFetch,
      'pragma',
      'sec-fetch-mode',
      'user-agent',
      'accept',
      ...Object.keys(request.headers),
    ];
    expect(Object.keys(requests[0]!.headers).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe.each(judgedIssueOperations)('$provider', ({ provider, key, id, success, secrets, prepare }) => {
  it('names itself, its user and its expiry on the token', async () => {
    const { url } = await startServer(answers(success));
    const token = (await prepare({ baseUrl: url }).call()) as IssuedToken;
    expect(token).toMatchObject({ provider, userId: id, token: secrets[0] });
    expect('expiresAt' in token).toBe(true);
  });

  it('shows all of the token but what is secret', async () => {
    const { url } = await startServer(answers(success));
    const shown = inspect(await prepare({ baseUrl: url }).call());
    expect(shown).toContain(`provider: '${provider}'`);
    expect(shown).toContain(id);
    expect(shown).toContain("token: '[redacted]'");
  });

  it('is the same by name', async () => {
    const { url, requests } = await startServer(answers(success));
    const issuer = createIssuer(provider, { ...optionsOf(provider), baseUrl: url });
    expect(issuer.provider).toBe(provider);
    expect(await issuer.issueToken(id)).toMatchObject({ provider, token: secrets[0] });
    expect(requests).toHaveLength(1);
  });

  it('has methods that work on their own', async () => {
    const { url } = await startServer(answers(success));
    const { issueToken } = createIssuer(provider, { ...optionsOf(provider), baseUrl: url });
    await expect([id].map((each) => issueToken(each))[0]).resolves.toMatchObject({ userId: id });
  });

  it("keeps the provider's own body as `raw`, unlisted", async () => {
    const { url } = await startServer(answers(success));
    const token = (await prepare({ baseUrl: url }).call()) as IssuedToken;
    expect(token.raw).toEqual(success.body);
    expect(Object.keys(token)).not.toContain('raw');
    expect(JSON.stringify(token)).not.toContain('raw');
  });

  it('never caches: a second call is a second request', async () => {
    const { url, requests } = await startServer(answers(success));
    const { call } = prepare({ baseUrl: url });
    await call();
    await call();
    expect(requests).toHaveLength(2);
  });

  it('looks the global fetch up when it is called', async () => {
    const { call } = prepare({ baseUrl: 'https://provider.invalid' });
    const original = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(Response.json(success.body, { status: success.status }));
    try {
      await expect(call()).resolves.toMatchObject({ userId: id });
    } finally {
      globalThis.fetch = original;
    }
  });

  it('sends through the `fetch` that it is given, as a URL and its options', async () => {
    const calls: Parameters<typeof fetch>[] = [];
    const { call } = prepare({
      baseUrl: 'https://provider.invalid',
      fetch: (...args) => {
        calls.push(args);
        return Promise.resolve(Response.json(success.body, { status: success.status }));
      },
    });
    await call();
    expect(calls).toHaveLength(1);
    expect(calls[0]![0]).toMatch(/^https:\/\/provider\.invalid\//);
    expect(calls[0]![1]).toMatchObject({ method: 'POST', redirect: 'manual', next: { revalidate: 0 } });
  });

  it('asks a function for the key before each request', async () => {
    const { url, requests } = await startServer(answers({ status: 503 }, success));
    let asked = 0;
    const ask = () => Promise.resolve(`${key}-${String(++asked)}`);
    // Junction: a key that is not there yet says no environment, and a base URL needs none.
    await createIssuer(provider, { ...optionsOf(provider, ask), baseUrl: url }).issueToken(id);
    const sent = requests.map(({ headers }) => Object.values(headers).find((value) => value?.includes(key)));
    expect(sent.map((value) => String(value).replace('Bearer ', ''))).toEqual([`${key}-1`, `${key}-2`]);
  });
});

it('has every provider of the registry in this suite', () => {
  expect(Object.keys(issueOperations).sort()).toEqual([...providerIds].sort());
  expectTypeOf<IssuedToken['provider']>().toEqualTypeOf<ProviderId>();
});
