import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { raw, useFakes } from './ask.js';

const { clock, fakes, ask } = useFakes();

describe('Clerk', () => {
  const url = 'https://api.clerk.com/v1/sign_in_tokens';
  const create = (body: unknown, more: Record<string, string> = {}) =>
    ask(url, {
      headers: { ...raw.clerk.headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('issues a JWT with a link, by its clock', async () => {
    const { body, headers } = await create({ user_id: 'user_1', expires_in_seconds: 60, org_id: null });
    expect(headers.get('cf-ray')).toBeTruthy();
    expect(body).toEqual({
      object: 'sign_in_token',
      id: expect.stringMatching(/^sit_\w{27}$/) as unknown,
      user_id: 'user_1',
      status: 'pending',
      token: expect.any(String) as unknown,
      url: expect.stringMatching(/^https:.*ticket=/) as unknown,
      created_at: clock.now,
      updated_at: clock.now,
    });
    const { token } = body as { token: string };
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'JWT' });
    const claims = decodeJwt(token);
    expect(claims.sub).toBe('user_1');
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
    const other = await create({ user_id: 'usér_😀' });
    expect(decodeJwt((other.body as { token: string }).token).sub).toBe('usér_😀');
  });

  it('logs no ticket in a path, which no header holds', async () => {
    const { body } = await create({ user_id: 'user_1' });
    const { token, url: link } = body as { token: string; url: string };
    await ask(link, { method: 'GET' });
    expect(link).toContain(token);
    expect(fakes.clerk.calls.at(-1)?.path).toMatch(/\?ticket=\[redacted\]$/);
  });

  it('needs no key at its frontend, whatever the path', async () => {
    const answer = await ask('https://clerk.fake.example/nowhere', { headers: {} });
    expect(answer.status).toBe(404);
    expect((await ask('https://api.clerk.com/nowhere', { headers: {} })).status).toBe(401);
  });

  it('lets tokens live for 30 days where nothing else is asked', async () => {
    await create({ user_id: 'user_1', expires_in_seconds: null });
    expect(fakes.clerk.tokens[0]?.expiresAt).toEqual(new Date(clock.now + 30 * 24 * 3600 * 1000));
  });

  it.each([
    [401, 'clerk_key_invalid', 'pk_test_x'],
    [401, 'clerk_key_invalid', 'sk_test_'],
    [401, 'clerk_key_invalid', 'other'],
  ])('answers %i %s to the key %s', async (status, code, key) => {
    const answer = await create({ user_id: 'user_1' }, { authorization: `Bearer ${key}` });
    expect(answer).toMatchObject({ status, body: { errors: [{ code }] } });
  });

  it.each([
    [400, 'request_body_invalid', undefined, '{"user'],
    [400, 'request_body_invalid', undefined, '[]'],
    [400, 'request_body_invalid', undefined, ''],
    [422, 'form_param_missing', 'user_id', {}],
    [422, 'form_param_missing', 'user_id', { user_id: '' }],
    [422, 'form_param_type_invalid', 'user_id', { user_id: 7 }],
    [422, 'form_param_type_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: '60' }],
    [422, 'form_param_type_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: 1.5 }],
    [422, 'form_param_value_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: 0 }],
    [422, 'form_param_value_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: 1e13 }],
    [422, 'form_param_type_invalid', 'org_id', { user_id: 'user_1', org_id: 7 }],
    [422, 'form_param_unknown', 'expiresIn', { user_id: 'user_1', expiresIn: 60 }],
  ])('answers %i %s for %s to %j', async (status, code, parameter, body) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status, body: { errors: [{ code }] } });
    const { errors } = answer.body as { errors: { meta?: { param_name: string } }[] };
    expect(errors[0]?.meta?.param_name).toBe(parameter);
  });

  it('wants JSON declared as such', async () => {
    expect(await create({ user_id: 'user_1' }, { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { errors: [{ code: 'unsupported_content_type' }] },
    });
    expect((await create({ user_id: 'user_1' }, { 'content-type': 'Application/JSON' })).status).toBe(200);
  });

  it('takes the versions that there are, in the header or in the query, and not in both', async () => {
    const ofVersion = (header?: string, query?: string) =>
      ask(`${url}${query === undefined ? '' : `?__clerk_api_version=${query}`}`, {
        headers: { ...raw.clerk.headers, ...(header === undefined ? {} : { 'clerk-api-version': header }) },
        body: '{"user_id":"user_1"}',
      });
    for (const version of ['2021-02-05', '2024-10-01', '2025-04-10', '2025-11-10', '2026-05-12']) {
      expect((await ofVersion(version)).status).toBe(200);
      expect((await ofVersion(undefined, version)).status).toBe(200);
    }
    for (const refused of [
      await ofVersion('latest'),
      await ofVersion('2025-01-01'),
      await ofVersion(undefined, '2025-01-01'),
      await ofVersion('2026-05-12', '2026-05-12'),
    ]) {
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ code: 'api_version_invalid' }] } });
    }
  });

  it('traces every answer, an error in its body too', async () => {
    const { headers } = await create({ user_id: 'user_1' });
    expect(headers.get('x-clerk-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    const refused = await create({});
    fakes.clerk.limitRate({ requests: 0, perSeconds: 1 });
    for (const { headers: answered, body } of [refused, await create({ user_id: 'user_1' })])
      expect(body).toMatchObject({ clerk_trace_id: answered.get('x-clerk-trace-id') });
  });

  it.each([
    [{}, 'is missing', 'user_id must be included.'],
    [{ user_id: 7 }, 'is invalid', '`user_id` must be a `string`.'],
    [{ user_id: 'user_1', extra: 1 }, 'is unknown', 'extra is not a valid parameter for this request.'],
  ])('says what is wrong with %j in the words of the documentation', async (body, message, long) => {
    expect((await create(body)).body).toMatchObject({ errors: [{ message, long_message: long }] });
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic c2s6' }],
    ['the scheme in small letters', { authorization: `bearer ${raw.clerk.headers['authorization']?.slice(7) ?? ''}` }],
    ['no key', { authorization: 'Bearer ' }],
  ])('calls %s a malformed header', async (_, headers) => {
    expect(await ask(url, { headers })).toMatchObject({
      status: 401,
      body: {
        errors: [
          {
            code: 'authorization_header_format_invalid',
            long_message: "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
          },
        ],
      },
    });
  });

  it('knows organizations and their members', async () => {
    const inOrganization = (organization: string, user = 'user_1') => create({ user_id: user, org_id: organization });
    expect((await inOrganization('org_any')).status).toBe(200);
    fakes.clerk.addOrganization('org_1', ['user_1']);
    expect((await inOrganization('org_1')).status).toBe(200);
    expect(await inOrganization('org_2')).toMatchObject({
      status: 404,
      body: {
        errors: [{ code: 'organization_not_found_or_unauthorized', long_message: 'Given organization not found.' }],
      },
    });
    expect(await inOrganization('org_1', 'user_2')).toMatchObject({
      status: 403,
      body: { errors: [{ code: 'not_a_member_in_organization' }] },
    });
    fakes.clerk.organizationsEnabled = false;
    expect(await inOrganization('org_1')).toMatchObject({
      status: 403,
      body: { errors: [{ code: 'organization_not_enabled_in_instance' }] },
    });
    expect(() => {
      fakes.clerk.addOrganization('org_1', undefined as never);
    }).toThrow(TypeError);
    fakes.reset();
    expect((await inOrganization('org_any')).status).toBe(200);
  });

  const revoke = (id: string) => ask(`${url}/${id}/revoke`, { headers: raw.clerk.headers });

  it('lets a token be used once', async () => {
    await create({ user_id: 'user_1' });
    const [issued] = fakes.clerk.tokens;
    expect(issued?.status).toBe('pending');
    expect(fakes.clerk.consume(issued!.token)).toMatchObject({ userId: 'user_1', status: 'accepted' });
    expect(() => fakes.clerk.consume(issued!.token)).toThrow('accepted');
    expect(await revoke(issued!.id)).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            code: 'sign_in_token_cannot_be_revoked_code',
            message: 'cannot revoke',
            long_message:
              'Sign in token cannot be revoked because its status is accepted. Only pending tokens can be revoked.',
          },
        ],
      },
    });
    expect(() => fakes.clerk.consume('unknown')).toThrow('did not issue');
  });

  it('revokes a token that is pending, and shows it no more', async () => {
    await create({ user_id: 'user_1' });
    const [issued] = fakes.clerk.tokens;
    clock.now += 1000;
    expect(await revoke(issued!.id)).toMatchObject({
      status: 200,
      body: { id: issued!.id, status: 'revoked', url: null, created_at: clock.now - 1000, updated_at: clock.now },
    });
    expect((await revoke(issued!.id)).status).toBe(400);
    expect(() => fakes.clerk.consume(issued!.token)).toThrow('revoked');
    expect(await revoke('sit_unknown')).toMatchObject({
      status: 404,
      body: { errors: [{ code: 'resource_not_found', long_message: 'Resource not found' }] },
    });
  });

  it('takes no expired token', async () => {
    await create({ user_id: 'user_1', expires_in_seconds: 60 });
    const { token } = fakes.clerk.tokens[0]!;
    clock.now += 60_000;
    expect(() => fakes.clerk.consume(token)).toThrow('expired');
  });
});
