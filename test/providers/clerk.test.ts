import { describe, expect, it, vi } from 'vitest';
import { canRevoke, createClerk } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { useMswServer } from '../support/msw.js';
import { everythingShownBy } from '../support/shown.js';

const msw = useMswServer();
const url = 'https://api.clerk.com/v1/sign_in_tokens';
const apiKey = 'sk_test_made-up';
const userId = 'user_made_up';
const created = 1_700_000_000_000;

const answer = (fields: object) => ({
  status: 200,
  body: { ...(fixture('clerk/issue.200').body as object), ...fields },
});

describe('createClerk().issueToken()', () => {
  it('issues, for 30 days where no lifetime is chosen', async () => {
    const requests = msw.answer(url, fixture('clerk/issue.200'));
    const token = await createClerk({ apiKey }).issueToken(userId);

    expect({ ...token }).toEqual({
      provider: 'clerk',
      userId,
      token: 'made-up-clerk-token',
      expiresAt: new Date(created + 30 * 24 * 3600 * 1000),
      id: 'sit_made_up',
      status: 'pending',
      url: 'https://made-up.accounts.dev/v1/tickets/accept?ticket=made-up-clerk-link',
      createdAt: new Date(created),
      updatedAt: new Date(created),
    });
    expect(requests[0]!.headers.get('authorization')).toBe(`Bearer ${apiKey}`);
    expect(requests[0]!.headers.get('clerk-api-version')).toBe('2026-05-12');
    expect(requests[0]!.headers.get('content-type')).toBe('application/json');
    expect(await requests[0]!.json()).toEqual({ user_id: userId });
  });

  it.each([
    [{ expiresInSeconds: 300 }, {}, { expires_in_seconds: 300 }, 300],
    [{ expiresInSeconds: 300 }, { expiresInSeconds: 60 }, { expires_in_seconds: 60 }, 60],
    [{}, { expiresInSeconds: 1 }, { expires_in_seconds: 1 }, 1],
    [{}, { expiresInSeconds: 3_155_760_000 }, { expires_in_seconds: 3_155_760_000 }, 3_155_760_000],
    [{}, { orgId: 'org_made_up' }, { org_id: 'org_made_up' }, 2_592_000],
    [{ expiresInSeconds: 300 }, { expiresInSeconds: undefined, orgId: undefined }, { expires_in_seconds: 300 }, 300],
  ])('client %j, call %j', async (client, call, sent, lifetime) => {
    const requests = msw.answer(url, fixture('clerk/issue.200'));
    const { expiresAt } = await createClerk({ apiKey, ...client }).issueToken(userId, call);
    expect(await requests[0]!.json()).toEqual({ user_id: userId, ...sent });
    expect(expiresAt).toEqual(new Date(created + lifetime * 1000));
  });

  it.each([
    [403, 'user_banned', 'no', 'user', 'forbidden', 'banned'],
    [403, 'user_deactivated', 'no', 'user', 'forbidden', 'deactivated'],
    [403, 'not_a_member_in_organization', 'no', 'user', 'forbidden', 'Add the user to the organization'],
    [403, 'not_a_member_in_organization', 'Given organization lacks it.', 'user', 'forbidden', 'Add the user to the'],
    [403, 'organization_not_enabled_in_instance', 'no', 'account', 'forbidden', 'permissions'],
    [404, 'organization_not_found_or_unauthorized', 'no', 'account', 'not_found', 'about the organization'],
    [404, 'resource_not_found', 'Given organization not found.', 'account', 'not_found', 'about the organization'],
    [404, 'resource_not_found', 'No user was found with id user_1', 'user', 'not_found', 'Check the id'],
    [403, 'toString', 'no', 'account', 'forbidden', 'permissions'],
    [500, 'user_banned', 'no', 'service', 'server_error', 'try again later'],
  ])('a %i %s (%s) concerns the %s', async (status, code, message, scope, ownCode, advice) => {
    const fetch = () => Promise.resolve(Response.json({ errors: [{ code, message }] }, { status }));
    const error = await failureOf(createClerk({ apiKey, fetch, retry: 0 }).issueToken('user_1', { orgId: 'org_1' }));
    expect(error).toMatchObject({ code: ownCode, scope, status, providerCode: code });
    expect(error.message).toContain(advice);
  });

  it.each([
    [{ 'x-clerk-trace-id': 'trace', 'cf-ray': 'ray' }, { clerk_trace_id: 'body' }, 'trace'],
    [{ 'cf-ray': 'ray' }, { clerk_trace_id: 'body' }, 'body'],
    [{ 'cf-ray': 'ray' }, { clerk_trace_id: null }, 'ray'],
    [{ 'cf-ray': 'ray' }, {}, 'ray'],
    [{}, {}, undefined],
  ])('has the id for its support, of %j and %j', async (headers, traced, requestId) => {
    const errors = [{ code: 'a', message: 'no' }];
    for (const [status, body] of [
      [404, { errors, ...traced }],
      [404, traced],
      // A success that cannot be used.
      [200, traced],
      [200, { ...answer({}).body, user_id: 'user_other', ...traced }],
    ] as const) {
      const fetch = () => Promise.resolve(Response.json(body, { status, headers }));
      const error = await failureOf(createClerk({ apiKey, fetch, retry: 0 }).issueToken('user_1'));
      expect(error).toMatchObject({ status, requestId });
    }
  });

  it('sends the API version that was chosen', async () => {
    const requests = msw.answer(url, fixture('clerk/issue.200'));
    await createClerk({ apiKey, apiVersion: '2025-04-10' }).issueToken(userId);
    expect(requests[0]!.headers.get('clerk-api-version')).toBe('2025-04-10');
  });

  it('reaches the older host', async () => {
    const requests = msw.answer('https://api.clerk.dev/v1/sign_in_tokens', fixture('clerk/issue.200'));
    await createClerk({ apiKey, baseUrl: 'https://api.clerk.dev/v1' }).issueToken(userId);
    expect(requests).toHaveLength(1);
  });

  it('passes a status that is new', async () => {
    msw.answer(url, answer({ status: 'paused' }));
    expect(await createClerk({ apiKey }).issueToken(userId)).toMatchObject({ status: 'paused' });
  });

  it.each([{ url: null }, { url: undefined }])('does without a link: %j', async (fields) => {
    msw.answer(url, answer(fields));
    expect('url' in (await createClerk({ apiKey }).issueToken(userId))).toBe(false);
  });

  it('understands times in seconds', async () => {
    msw.answer(url, answer({ created_at: created / 1000, updated_at: created / 1000 }));
    const { createdAt, expiresAt } = await createClerk({ apiKey, expiresInSeconds: 60 }).issueToken(userId);
    expect(createdAt).toEqual(new Date(created));
    expect(expiresAt).toEqual(new Date(created + 60_000));
  });

  it.each([
    ['token', { token: undefined }],
    ['token', { token: '' }],
    ['token', { token: null }],
    ['token', { token: 7 }],
    ['id', { id: '' }],
    ['status', { status: undefined }],
    ['user_id', { user_id: undefined }],
    ['created_at', { created_at: '2024-01-01' }],
    ['created_at', { created_at: -1 }],
    ['updated_at', { updated_at: 1e300 }],
  ])('names what is missing: %s of %j', async (field, fields) => {
    msw.answer(url, answer(fields));
    const error = await failureOf(createClerk({ apiKey }).issueToken(userId));
    expect(error).toMatchObject({ code: 'invalid_response', status: 200 });
    expect(error.message).toContain(`\`${field}\``);
  });

  it.each(['user_other', 'USER_MADE_UP'])("never hands out another user's token: %s", async (other) => {
    msw.answer(url, answer({ user_id: other }));
    const error = await failureOf(createClerk({ apiKey }).issueToken(userId));
    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(error.message).toContain('another user');
  });
});

describe('createClerk().revokeToken()', () => {
  const clerk = createClerk({ apiKey });

  it('revokes, and returns no secret', async () => {
    const requests = msw.answer(`${url}/sit_made_up/revoke`, fixture('clerk/revoke.200'));
    const revoked = await clerk.revokeToken('sit_made_up');
    expect({ ...revoked }).toEqual({
      provider: 'clerk',
      id: 'sit_made_up',
      userId,
      status: 'revoked',
      createdAt: new Date(created),
      updatedAt: new Date(created + 60_000),
    });
    expect(await requests[0]!.text()).toBe('');
  });

  it('returns none either where the answer still has one', async () => {
    msw.answer(`${url}/sit_made_up/revoke`, answer({ status: 'revoked' }));
    const revoked = await clerk.revokeToken('sit_made_up');
    expect(JSON.stringify(revoked)).not.toContain('made-up-clerk');
    expect('token' in revoked || 'url' in revoked).toBe(false);
  });

  it('sends an id as one segment', async () => {
    let sentTo: string | undefined;
    const fetch = (to: string) => {
      sentTo = to;
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    await failureOf(createClerk({ apiKey, fetch }).revokeToken('users/a?b#c'));
    expect(new URL(sentTo!).pathname).toBe('/v1/sign_in_tokens/users%2Fa%3Fb%23c/revoke');
  });

  it('does not take the word of an answer about another token', async () => {
    msw.answer(`${url}/sit_other/revoke`, fixture('clerk/revoke.200'));
    expect(await failureOf(clerk.revokeToken('sit_other'))).toMatchObject({
      code: 'invalid_response',
      operation: 'revokeToken',
    });
  });

  it('does not take a pending token for a revoked one', async () => {
    msw.answer(`${url}/sit_made_up/revoke`, answer({ status: 'pending' }));
    const error = await failureOf(clerk.revokeToken('sit_made_up'));
    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(error.message).toContain('may have been revoked');
  });

  it.each([
    'eyJhbGciOiJub25lIn0.eyJtYWRlIjoidXAifQ.made-up-signature',
    'https://made-up.accounts.dev/v1/tickets/accept?ticket=made-up-clerk-link',
    '/sign-in?__clerk_ticket=eyJhbGciOiJub25lIn0.eyJtYWRlIjoidXAifQ.made-up-signature',
  ])('takes neither the token nor its link for its id, and shows it to nobody: %s', async (tokenId) => {
    const fetch = vi.fn();
    const error = await failureOf(createClerk({ apiKey, fetch }).revokeToken(tokenId));
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'invalid_token_id', operation: 'revokeToken' });
    expect(error.message).toContain('Pass its `id`, which begins with sit_. Nothing was sent.');
    expect(everythingShownBy(error)).not.toContain('made-up');
    expect(fetch).not.toHaveBeenCalled();
  });

  it('has no lifetime and no organization to choose', async () => {
    for (const option of ['expiresInSeconds', 'orgId']) {
      expect(await failureOf(clerk.revokeToken('sit_made_up', { [option]: 1 }))).toMatchObject({
        code: 'invalid_option',
      });
    }
  });

  it('is a capability that shows', () => {
    expect(canRevoke(clerk)).toBe(true);
    expect(canRevoke({ provider: 'double', revokeToken: 'no' })).toBe(false);
  });
});
