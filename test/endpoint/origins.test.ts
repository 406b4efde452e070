import { describe, expect, it, vi } from 'vitest';
import { createTokenEndpoint } from '../../src/endpoint/index.js';
import { place, post, prepareEndpoint } from '../support/endpoint.js';
import { failureOf } from '../support/failures.js';

const app = 'https://app.example';
const origins = [app, 'capacitor://localhost'];
const preflight = (headers: Record<string, string>) => new Request(place, { method: 'OPTIONS', headers });
const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => /^(access-control-|vary$)/.test(name)));

describe('a preflight', () => {
  const asked = { origin: app, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a, x-b' };

  it('of a listed origin is told what it may send', async () => {
    const authorize = vi.fn();
    const { endpoint, records } = prepareEndpoint({ origins, authorize });
    const response = await endpoint(preflight(asked));
    expect(response.status).toBe(204);
    expect(response.body).toBeNull();
    expect(corsOf(response)).toEqual({
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-a, x-b',
      'access-control-allow-methods': 'POST',
      'access-control-allow-origin': app,
      'access-control-expose-headers': 'Retry-After',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    expect(authorize).not.toHaveBeenCalled();
    expect(records).toEqual([]);
    const withoutHeaders = { origin: app, 'access-control-request-method': 'POST' };
    expect((await endpoint(preflight(withoutHeaders))).headers.has('access-control-allow-headers')).toBe(false);
  });

  it.each(['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example'])(
    'of %s is told nothing',
    async (origin) => {
      const { endpoint } = prepareEndpoint({ origins });
      const response = await endpoint(preflight({ ...asked, origin }));
      expect({ status: response.status, ...corsOf(response) }).toEqual({ status: 204, vary: 'Origin' });
      const without = await prepareEndpoint().endpoint(preflight({ ...asked, origin }));
      expect({ status: without.status, ...corsOf(without) }).toEqual({ status: 204 });
    },
  );

  it.each([{}, { origin: app }, { 'access-control-request-method': 'POST' }])(
    'is no other OPTIONS request: %j',
    async (headers) => {
      const { endpoint } = prepareEndpoint({ origins });
      expect((await endpoint(preflight(headers))).status).toBe(405);
    },
  );
});

describe('a page of a listed origin', () => {
  it.each(origins)('may read every answer: %s', async (origin) => {
    const expected = {
      'access-control-allow-credentials': 'true',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    };
    const own = new Response('mine', { status: 418 });
    const kinds = [
      { options: {}, status: 200 },
      { options: { authorize: () => null }, status: 401 },
      { options: { limitRate: () => 5 }, status: 429 },
      { options: { authorize: () => own }, status: 418 },
      { options: { authorize: () => '..' }, status: 500 },
    ];
    for (const { options, status } of kinds) {
      const { endpoint } = prepareEndpoint({ origins, ...options });
      const response = await endpoint(post({ origin, 'sec-fetch-site': 'cross-site' }));
      expect({ status: response.status, ...corsOf(response) }).toEqual({ status, ...expected });
    }
  });

  it('keeps what an answer of your own says of caches and headers', async () => {
    const own = () => new Response(null, { headers: { vary: 'Cookie', 'access-control-expose-headers': 'X-Mine' } });
    const { endpoint } = prepareEndpoint({ origins, authorize: own });
    const { headers } = await endpoint(post({ origin: app }));
    expect(headers.get('vary')).toBe('Cookie, Origin');
    expect(headers.get('access-control-expose-headers')).toBe('X-Mine, Retry-After');
  });

  it('may be one that a function says is listed', async () => {
    const isListed = vi.fn((origin: string) => Promise.resolve(origin.endsWith('.example')));
    const { endpoint } = prepareEndpoint({ origins: isListed });
    const request = post({ origin: 'https://a.example', 'sec-fetch-site': 'cross-site' });
    const response = await endpoint(request, 'context');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(isListed).toHaveBeenCalledWith('https://a.example', request, 'context');
    expect((await endpoint(post({ origin: 'https://a.invalid', 'sec-fetch-site': 'cross-site' }))).status).toBe(403);
    isListed.mockClear();
    expect((await endpoint(post({ origin: 'null' }))).status).toBe(403);
    expect((await endpoint(post({}))).status).toBe(200);
    expect(isListed).not.toHaveBeenCalled();
  });

  it.each([undefined, 'yes', 1])('is not one of which a function says %j', async (answer) => {
    const { endpoint, fake } = prepareEndpoint({ origins: () => answer as never });
    await expect(endpoint(post({ origin: app }))).rejects.toThrow('`origins` must return true or false');
    expect(fake.calls).toEqual([]);
  });
});

describe('a page of another site', () => {
  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://my-app.example' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'no origin' },
    { origin: 'https://my-app.example:8443' },
    { origin: 'https://my-app.example', host: 'other.example' },
    { origin: 'https://my-app.example', host: 'no host' },
    { origin: 'capacitor://localhost' },
    { origin: 'file://', host: 'localhost' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
  ])('is refused before anybody is asked who that is: %j', async (headers) => {
    const authorize = vi.fn();
    const { endpoint, records } = prepareEndpoint({ authorize });
    const response = await endpoint(post(headers));
    expect(response.status).toBe(403);
    expect(corsOf(response)).toEqual({});
    const detail = expect.stringContaining('not allowed') as string;
    expect(await response.json()).toMatchObject({ code: 'cross_site', title: 'Forbidden', detail });
    expect(authorize).not.toHaveBeenCalled();
    expect(records).toMatchObject([{ outcome: 'cross_site', status: 403, userId: undefined, provider: 'clerk' }]);
  });

  it.each([
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-site', origin: 'https://www.my-app.example' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { origin: 'https://my-app.example' },
    { origin: 'http://my-app.example:3000', host: 'my-app.example:3000' },
    { origin: 'https://my-app.example', host: 'my-app.example:443' },
  ])('is not: %j', async (headers) => {
    const { endpoint } = prepareEndpoint();
    expect((await endpoint(post(headers))).status).toBe(200);
  });
});

describe('origins', () => {
  it.each([
    'https://app.example',
    'http://localhost:5173',
    'http://[::1]:8080',
    'capacitor://localhost',
    'chrome-extension://abcdef',
    'my-https://localhost',
  ])('may be %s', (origin) => {
    expect(() =>
      createTokenEndpoint({ issuer: prepareEndpoint().issuer, authorize: () => null, origins: [origin] }),
    ).not.toThrow();
  });

  it.each<unknown>([
    '*',
    'null',
    '',
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://app.example?x',
    'https://me@app.example',
    'https://*.example',
    'https://app.example:443',
    'https://App.example',
    'https://a.example,https://b.example',
    'https://',
    'https://a:b',
    7,
    null,
  ])('may not hold %j', async (origin) => {
    const { issuer } = prepareEndpoint();
    const make = () => createTokenEndpoint({ issuer, authorize: () => null, origins: [origin as string] });
    const error = await failureOf(Promise.resolve().then(make));
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option' });
    expect(error.message).toContain('`origins`');
  });

  it.each<unknown>(['https://app.example', {}, null, true])('are a list or a function, and not %j', async (wrong) => {
    const { issuer } = prepareEndpoint();
    const make = () => createTokenEndpoint({ issuer, authorize: () => null, origins: wrong as never });
    expect(await failureOf(Promise.resolve().then(make))).toMatchObject({ code: 'invalid_option' });
  });

  it('are those that were checked, whatever becomes of the list', async () => {
    const list = [app];
    const { endpoint } = prepareEndpoint({ origins: list });
    list.push('https://evil.example');
    expect((await endpoint(post({ origin: 'https://evil.example' }))).status).toBe(403);
  });

  it('are not quoted: an address may hold credentials', () => {
    expect(() => prepareEndpoint({ origins: [app, 'https://me:secret@app.example'] })).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.not.stringContaining('secret') as string }),
    );
  });
});

it('takes no word that browsers do not send for a permission', async () => {
  const { endpoint, fake } = prepareEndpoint();
  for (const site of ['same-origin, cross-site', 'Cross-Site', '']) {
    expect((await endpoint(post({ 'sec-fetch-site': site }))).status).toBe(403);
  }
  expect(fake.calls).toEqual([]);
});
