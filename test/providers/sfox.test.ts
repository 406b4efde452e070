import { describe, expect, it } from 'vitest';
import { canRevoke, createSfox } from '../../src/index.js';
import { configure } from '../../src/client/connection.js';
import { sfoxProfile } from '../../src/providers/sfox/adapter.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { useMswServer } from '../support/msw.js';
import { createIssueBatch } from '../support/subjects/sfox.js';

const msw = useMswServer();
const sandbox = 'https://api.staging.sfox.com/v1/enterprise/user-tokens';
const options = { apiKey: 'made-up-sfox-key', environment: 'sandbox' } as const;

describe('createSfox().issueToken()', () => {
  it.each([
    ['production', 'https://api.sfox.com/v1/enterprise/user-tokens'],
    ['sandbox', sandbox],
  ] as const)('issues in %s', async (environment, url) => {
    const requests = msw.answer(`${url}/user-1`, fixture('sfox/issue.201'));
    const token = await createSfox({ ...options, environment }).issueToken('user-1');

    // The two ids differ in sFOX's own example, too.
    expect({ ...token }).toEqual({
      provider: 'sfox',
      userId: 'user-1',
      token: 'made-up-sfox-token',
      expiresAt: new Date('2024-05-14T19:22:09.901Z'),
      partnerUserId: 'client_db29',
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]!.headers.get('authorization')).toBe('Bearer made-up-sfox-key');
    expect(await requests[0]!.text()).toBe('');
  });

  const answer = (data: object) => ({
    status: 201,
    body: { data: { ...(fixture('sfox/issue.201').body as { data: object }).data, ...data } },
  });

  it.each([
    ['2022-02-08T03:28:56Z', '2022-02-08T03:28:56.000Z'],
    ['2022-02-08T03:28:56', '2022-02-08T03:28:56.000Z'],
    ['2022-02-08T03:28:56.5', '2022-02-08T03:28:56.500Z'],
    ['2022-02-08T03:28:56+01:00', '2022-02-08T02:28:56.000Z'],
    ['2022-02-08T03:28:56-0100', '2022-02-08T04:28:56.000Z'],
  ])('reads the time %s', async (expires, expected) => {
    msw.answer(`${sandbox}/user-1`, answer({ expires }));
    const { expiresAt } = await createSfox(options).issueToken('user-1');
    expect(expiresAt.toISOString()).toBe(expected);
  });

  it.each([
    ['data.expires', { expires: 'tomorrow' }],
    ['data.expires', { expires: '2022-13-41T99:99:99Z' }],
    ['data.expires', { expires: '1652556129' }],
    ['data.expires', { expires: undefined }],
    ['data.expires', { expires: 1652556129 }],
    ['data.token', { token: undefined }],
    ['data.token', { token: null }],
    ['data.token', { token: '' }],
    ['data.token', { token: 7 }],
    ['data.partner_user_id', { partner_user_id: undefined }],
  ])('names what is missing: %s of %j', async (field, data) => {
    msw.answer(`${sandbox}/user-1`, answer(data));
    const error = await failureOf(createSfox(options).issueToken('user-1'));
    expect(error).toMatchObject({ code: 'invalid_response', status: 201 });
    expect(error.message).toContain(`\`${field}\``);
  });

  it.each([
    ['a/b', 'a%2Fb'],
    ['%2e', '%252e'],
    ['user@example.invalid', 'user%40example.invalid'],
  ])('sends %j as the one segment %s', async (id, segment) => {
    let sentTo: string | undefined;
    const fetch = (url: string) => {
      sentTo = url;
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    await failureOf(createSfox({ ...options, fetch }).issueToken(id));
    expect(new URL(sentTo!).pathname).toBe(`/v1/enterprise/user-tokens/${segment}`);
  });

  it('cannot revoke', () => {
    expect(canRevoke(createSfox(options))).toBe(false);
  });
});

describe('the request for many users', () => {
  const issueBatch = createIssueBatch(configure(sfoxProfile, options));

  it('matches by the user named, never by position', async () => {
    const requests = msw.answer(sandbox, fixture('sfox/batch.201'));
    const { results: tokens, unexpectedUserIds } = await issueBatch(['user-1', 'user-2']);

    expect(unexpectedUserIds).toEqual([]);
    expect(await requests[0]!.json()).toEqual({ data: ['user-1', 'user-2'] });
    expect([...tokens.keys()].sort()).toEqual(['user-1', 'user-2']);
    expect(tokens.get('user-1')).toMatchObject({
      userId: 'user-1',
      partnerUserId: 'user-1',
      token: 'made-up-sfox-token-1',
      expiresAt: new Date('2022-02-08T03:28:56Z'),
    });
    expect(tokens.get('user-2')).toMatchObject({ userId: 'user-2', token: 'made-up-sfox-token-2' });
  });

  it('leaves out who was left out, and hands nothing to anybody who was not asked for', async () => {
    const entry = { token: 'made-up-sfox-token', expires: '2022-02-08T03:28:56Z' };
    const data = [
      { ...entry, partner_user_id: 'stranger' },
      { ...entry, partner_user_id: 'user-1' },
      { ...entry, partner_user_id: 'user-1', token: 'made-up-second-token' },
      { ...entry, partner_user_id: 'user-2', token: null },
      { ...entry },
      null,
      'text',
    ];
    msw.answer(sandbox, { status: 201, body: { data } });
    const { results, unexpectedUserIds } = await issueBatch(['user-1', 'user-2', 'user-3']);
    expect([...results.keys()].sort()).toEqual(['user-1', 'user-2', 'user-3']);
    expect(results.get('user-1')).toMatchObject({ userId: 'user-1', token: 'made-up-sfox-token' });
    expect(results.get('user-2')).toMatchObject({ code: 'invalid_response', operation: 'issueTokens', status: 201 });
    expect(results.get('user-3')).toMatchObject({ code: 'not_issued', operation: 'issueTokens', status: 201 });
    expect(unexpectedUserIds).toEqual(['stranger']);
  });

  it.each([{}, { data: {} }, { data: null }, []])('refuses the answer %j', async (body) => {
    msw.answer(sandbox, { status: 201, body });
    expect(await failureOf(issueBatch(['user-1']))).toMatchObject({
      code: 'invalid_response',
      operation: 'issueTokens',
    });
  });
});
