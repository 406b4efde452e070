import { describe, expect, it } from 'vitest';
import { canRevoke, createJunction } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { useMswServer } from '../support/msw.js';

const msw = useMswServer();
const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const path = `v2/user/${userId}/sign_in_token`;

describe('createJunction().issueToken()', () => {
  it.each([
    ['pk_us_made-up', 'https://api.us.junction.com'],
    ['pk_eu_made-up', 'https://api.eu.junction.com'],
    ['sk_us_made-up', 'https://api.sandbox.us.junction.com'],
    ['sk_eu_made-up', 'https://api.sandbox.eu.junction.com'],
  ])('issues with %s at %s', async (apiKey, host) => {
    const requests = msw.answer(`${host}/${path}`, fixture('junction/issue.200'));
    const token = await createJunction({ apiKey }).issueToken(userId);

    expect({ ...token }).toEqual({
      provider: 'junction',
      userId,
      token: 'made-up-junction-token',
      expiresAt: undefined,
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]!.headers.get('x-vital-api-key')).toBe(apiKey);
    expect(await requests[0]!.text()).toBe('');
  });

  const host = 'https://api.sandbox.eu.junction.com';
  const junction = createJunction({ apiKey: 'sk_eu_made-up' });

  it('takes the user back with the hyphens that it was asked for without', async () => {
    const digits = userId.replaceAll('-', '');
    msw.answer(`${host}/${path.replace(userId, digits)}`, fixture('junction/issue.200'));
    expect(await junction.issueToken(digits)).toMatchObject({ userId: digits });
  });

  it('takes the user back in other letters, and keeps those asked for', async () => {
    const body = { user_id: userId.toUpperCase(), sign_in_token: 'made-up-junction-token' };
    msw.answer(`${host}/${path}`, { status: 200, body });
    expect(await junction.issueToken(userId)).toMatchObject({ userId });
    msw.answer(`${host}/${path.replace(userId, userId.toUpperCase())}`, fixture('junction/issue.200'));
    expect(await junction.issueToken(userId.toUpperCase())).toMatchObject({ userId: userId.toUpperCase() });
  });

  it("never hands out another user's token", async () => {
    const body = { user_id: userId.replace('6', '7'), sign_in_token: 'made-up-junction-token' };
    msw.answer(`${host}/${path}`, { status: 200, body });
    const error = await failureOf(junction.issueToken(userId));
    expect(error).toMatchObject({ code: 'invalid_response', status: 200, operation: 'issueToken' });
    expect(error.message).toContain('another user');
  });

  it('compares without case what is a UUID, and nothing else', async () => {
    msw.answer(`${host}/v2/user/ALICE/sign_in_token`, {
      status: 200,
      body: { user_id: 'alice', sign_in_token: 'made-up-junction-token' },
    });
    expect(await failureOf(junction.issueToken('ALICE'))).toMatchObject({ code: 'invalid_response' });
  });

  it.each([
    ['sign_in_token', {}],
    ['sign_in_token', { sign_in_token: null }],
    ['sign_in_token', { sign_in_token: '' }],
    ['sign_in_token', { sign_in_token: 7 }],
    ['user_id', { user_id: undefined, sign_in_token: 'made-up-junction-token' }],
  ])('names what is missing: %s of %j', async (field, body) => {
    msw.answer(`${host}/${path}`, { status: 200, body: { user_id: userId, ...body } });
    const error = await failureOf(junction.issueToken(userId));
    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(error.message).toContain(`\`${field}\``);
  });

  it.each([
    ['a/b', 'a%2Fb'],
    ['a?x=1', 'a%3Fx%3D1'],
    ['a#b', 'a%23b'],
    ['..admin', '..admin'],
    ['%2e%2e', '%252e%252e'],
    ['a\r\nb', 'a%0D%0Ab'],
    ['ü 1', '%C3%BC%201'],
  ])('sends %j as the one segment %s', async (id, segment) => {
    let sentTo: string | undefined;
    const fetch = (url: string) => {
      sentTo = url;
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    await failureOf(createJunction({ apiKey: 'sk_eu_made-up', fetch }).issueToken(id));
    expect(sentTo).toBe(`${host}/v2/user/${segment}/sign_in_token`);
    expect(new URL(sentTo!).pathname).toBe(`/v2/user/${segment}/sign_in_token`);
  });

  it('does not judge ids itself', async () => {
    msw.answer(`${host}/v2/user/my-test-user/sign_in_token`, {
      status: 200,
      body: { user_id: 'my-test-user', sign_in_token: 'made-up-junction-token' },
    });
    await expect(junction.issueToken('my-test-user')).resolves.toMatchObject({ userId: 'my-test-user' });
  });

  it('cannot revoke', () => {
    expect(canRevoke(junction)).toBe(false);
  });
});
