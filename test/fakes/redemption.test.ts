import { describe, expect, it } from 'vitest';
import { judged, subjects } from '../support/subjects/index.js';
import { raw, useFakes } from './ask.js';

const { clock, fakes, ask } = useFakes();
const frontend = 'https://clerk.fake.example';

async function issue(body: object = { user_id: 'user_1' }) {
  const answer = await ask(raw.clerk.url, { ...raw.clerk, body: JSON.stringify(body) });
  return answer.body as { id: string; token: string; url: string };
}

const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  ask(`${frontend}/v1/client/sign_ins`, { body: new URLSearchParams(fields), headers });

describe("Clerk's frontend API", () => {
  it('signs in with a ticket, once, without a key', async () => {
    const { token } = await issue({ user_id: 'user_1', org_id: 'org_1' });
    const { status, body } = await signIn({ strategy: 'ticket', ticket: token });
    expect(status).toBe(200);
    const { created_session_id: session } = (body as { response: { created_session_id: string } }).response;
    expect(body).toMatchObject({
      response: { object: 'sign_in_attempt', status: 'complete' },
      client: {
        last_active_session_id: session,
        sessions: [{ id: session, status: 'active', user: { id: 'user_1' }, last_active_organization_id: 'org_1' }],
      },
    });
    expect(fakes.clerk.tokens[0]).toMatchObject({ status: 'accepted', usedAt: new Date(clock.now) });
    expect(await signIn({ strategy: 'ticket', ticket: token })).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            code: 'sign_in_token_already_used_code',
            long_message: 'This sign in token has already been used. Each token can only be used once.',
            meta: { param_name: 'ticket' },
          },
        ],
      },
    });
  });

  it('says why a ticket signs nobody in', async () => {
    const revoked = await issue();
    await ask(`${raw.clerk.url}/${revoked.id}/revoke`, { headers: raw.clerk.headers });
    const expired = await issue({ user_id: 'user_1', expires_in_seconds: 60 });
    clock.now += 60_000;
    for (const [ticket, code] of [
      [revoked.token, 'sign_in_token_revoked_code'],
      [expired.token, 'ticket_expired_code'],
      ['made-up', 'ticket_invalid_code'],
    ] as const) {
      expect(await signIn({ strategy: 'ticket', ticket })).toMatchObject({ status: 400, body: { errors: [{ code }] } });
    }
  });

  it.each([
    [422, 'form_param_missing', { ticket: 'x' }],
    [422, 'form_param_missing', { strategy: 'ticket' }],
    [422, 'form_param_value_invalid', { strategy: 'password', ticket: 'x' }],
  ])('answers %i %s to %j', async (status, code, fields) => {
    expect(await signIn(fields as unknown as Record<string, string>)).toMatchObject({
      status,
      body: { errors: [{ code }] },
    });
  });

  it('wants a form', async () => {
    const { token } = await issue();
    const answer = await ask(`${frontend}/v1/client/sign_ins`, {
      body: JSON.stringify({ strategy: 'ticket', ticket: token }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(415);
    expect(fakes.clerk.tokens[0]?.status).toBe('pending');
  });

  it('lets the page of an app read the answer, a refusal too', async () => {
    const origin = 'http://localhost:3000';
    for (const { headers } of [
      await signIn({ strategy: 'ticket', ticket: 'made-up' }, { origin }),
      await ask(`${frontend}/v1/client/sign_ins`, { method: 'OPTIONS', headers: { origin } }),
    ]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toBe('origin');
    }
    const backend = await ask(raw.clerk.url, { ...raw.clerk, headers: { ...raw.clerk.headers, origin } });
    expect(backend.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers the preflight of a browser, and fails the request that it is about', async () => {
    fakes.clerk.failNext({ status: 503 });
    const preflight = await ask(`${frontend}/v1/client/sign_ins`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(await signIn({ strategy: 'ticket', ticket: 'made-up' })).toMatchObject({ status: 503 });
  });

  it('signs in by the link, once, and names the user as text', async () => {
    const { url } = await issue({ user_id: '<img src=x>' });
    expect(url.startsWith(`${frontend}/v1/tickets/accept?ticket=`)).toBe(true);
    const { status, headers, body } = await ask(url, { method: 'GET' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).toContain('&#60;img src=x&#62; is signed in');
    expect(fakes.clerk.tokens[0]?.status).toBe('accepted');
    expect((await ask(url, { method: 'GET' })).status).toBe(400);
    expect((await ask(`${frontend}/v1/tickets/accept`, { method: 'GET' })).status).toBe(422);
  });

  it('is not where the backend API is, nor the other way round', async () => {
    expect((await ask('https://api.clerk.com/v1/client/sign_ins', { headers: raw.clerk.headers })).status).toBe(404);
    expect((await ask(`${frontend}/v1/sign_in_tokens`, raw.clerk)).status).toBe(404);
    // A path that it does not have needs no key either.
    expect((await ask(`${frontend}/v1/nowhere`)).status).toBe(404);
  });
});

describe.each(judged)('consume() of %s', (provider) => {
  const fake = fakes[provider];
  const { expires, isUsedOnce } = subjects[provider].fake;

  it('uses a token, as often as the provider lets it be used', async () => {
    await ask(raw[provider].url, raw[provider]);
    const [token] = fake.tokens;
    expect(token?.usedAt).toBeUndefined();
    expect(fake.consume(token!.token)).toBe(token);
    expect(token).toMatchObject({
      userId: raw[provider].userId,
      usedAt: new Date(clock.now),
    });
    clock.now += 1;
    if (isUsedOnce) expect(() => fake.consume(token!.token)).toThrow('cannot be used any more');
    else expect(fake.consume(token!.token)).toBe(token);
    expect(token?.usedAt).toEqual(new Date(clock.now - 1));
  });

  it('refuses what it did not issue, and what has expired', async () => {
    expect(() => fake.consume('made-up')).toThrow('did not issue');
    await ask(raw[provider].url, raw[provider]);
    const [token] = fake.tokens;
    if (token?.expiresAt === undefined) {
      expect(expires).toBe(false);
      return;
    }
    clock.now = token.expiresAt.getTime();
    expect(() => fake.consume(token.token)).toThrow('expired');
  });
});
