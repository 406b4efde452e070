import { describe, expect, it } from 'vitest';
import { createClerk, createJunction, createSfox, type Fetch, type TokenwrightError } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { keys } from '../support/operations.js';

/** A `fetch` that always gives the same answer. */
const always =
  (body: unknown, status = 200): Fetch =>
  () =>
    Promise.resolve(Response.json(body, { status }));
const junction = (fetch: Fetch) => createJunction({ apiKey: keys.junction, fetch, retry: 0 });
const sfox = (fetch: Fetch) => createSfox({ apiKey: keys.sfox, environment: 'sandbox', fetch, retry: 0 });
const clerk = (fetch: Fetch) => createClerk({ apiKey: keys.clerk, fetch, retry: 0 });

const never: Fetch = () => Promise.reject(new Error('Nothing is to be sent.'));
const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
const ticket = {
  object: 'sign_in_token',
  id: 'sit_1',
  user_id: 'user_1',
  status: 'pending',
  token: 'made-up',
  ...times,
};

/** The failure of the first user of a batch; a batch of one would be a single call. */
async function failureInBulk(fetch: Fetch): Promise<TokenwrightError> {
  const [outcome] = await sfox(fetch).issueTokens(['user-1', 'user-2']);
  if (outcome?.status !== 'rejected') throw new Error('The user did not fail.');
  return outcome.reason;
}

describe('a message says what is wrong, and what came of it', () => {
  it.each<[string, () => Promise<TokenwrightError>, string[]]>([
    [
      'an empty id, Junction',
      () => failureOf(junction(never).issueToken('')),
      ['`userId` must not be empty', 'Nothing was sent'],
    ],
    [
      'an empty id, sFOX',
      () => failureOf(sfox(never).issueToken('')),
      ['`userId` must not be empty', 'Nothing was sent'],
    ],
    [
      'an empty id, Clerk',
      () => failureOf(clerk(never).issueToken('')),
      ['`userId` must not be empty', 'Nothing was sent'],
    ],
    ['an empty id of a token', () => failureOf(clerk(never).revokeToken('')), ['`tokenId` must not be empty']],
    ['an organization that is none', () => failureOf(clerk(never).issueToken('a', { orgId: '' })), ['`orgId` must be']],
    [
      "another user's ticket",
      () => failureOf(clerk(always({ ...ticket, user_id: 'user_2' })).issueToken('user_1')),
      [
        'the token is for another user',
        'A token may have been issued that nobody received.',
        "If it lasts, ask Clerk's support.",
      ],
    ],
    [
      'an answer with a request id',
      () =>
        failureOf(sfox(() => Promise.resolve(Response.json({}, { headers: { 'x-request-id': 'a' } }))).issueToken('a')),
      ["If it lasts, quote `requestId` to sFOX's support."],
    ],
    [
      'no ticket',
      () => failureOf(clerk(always({ ...ticket, token: '' })).issueToken('user_1')),
      ['`token` is missing', 'A token may have been issued that nobody received.'],
    ],
    [
      'another ticket revoked',
      () => failureOf(clerk(always({ ...ticket, id: 'sit_2', status: 'revoked' })).revokeToken('sit_1')),
      ['the answer is about another token', 'The token may have been revoked.'],
    ],
    [
      'a ticket not revoked',
      () => failureOf(clerk(always(ticket)).revokeToken('sit_1')),
      ['the token is still pending', 'The token may have been revoked.'],
    ],
    [
      'no token of Junction',
      () => failureOf(junction(always({ user_id: 'a' })).issueToken('a')),
      ['`sign_in_token` is missing', 'A token may have been issued that nobody received.'],
    ],
    [
      'a user left out',
      () => failureInBulk(always({ data: [] })),
      ['the answer has no entry for this user', 'Tokens may have been issued', 'Call `issueToken` for this user.'],
    ],
    [
      'a user without a token',
      () => failureInBulk(always({ data: [{ partner_user_id: 'user-1' }] })),
      ["this user's entry has the wrong form"],
    ],
    [
      'a refused member',
      () =>
        failureOf(
          clerk(always({ errors: [{ code: 'not_a_member_in_organization', message: 'no' }] }, 403)).issueToken('a', {
            orgId: 'org_1',
          }),
        ),
      ['Add the user to the organization, or leave out `orgId`.'],
    ],
    [
      'a user who is there already',
      () =>
        failureOf(
          junction(always(fixture('junction/error.400.user-exists').body, 400)).users.create({ clientUserId: 'mine' }),
        ),
      ['The user exists already: `users.ensure` finds it.'],
    ],
    [
      'a sandbox that is full',
      () =>
        failureOf(
          junction(always({ detail: { error_type: 'INVALID_REQUEST', error_message: 'full' } }, 400)).users.create({
            clientUserId: 'mine',
          }),
        ),
      ['Delete users of the sandbox that you no longer need, or ask Junction for a higher limit.'],
    ],
    [
      'a token that was used',
      () =>
        failureOf(
          clerk(always({ errors: [{ code: 'sign_in_token_cannot_be_revoked_code', message: 'no' }] }, 400)).revokeToken(
            'sit_1',
          ),
        ),
      ['The token was already used or revoked, so nothing is left to revoke.'],
    ],
    [
      'nobody of that id',
      () => failureOf(clerk(always({ errors: [{ code: 'a', message: 'no' }] }, 404)).issueToken('user_1')),
      ['Check the id: it is unknown in the environment of this key.'],
    ],
    [
      'nothing there at all',
      () => failureOf(clerk(always({ errors: [] }, 404)).issueToken('user_1')),
      ['Check the id, and the base URL if you set one.'],
    ],
    [
      'a refusal with issues',
      () => failureOf(sfox(always({ error: 'no such user' }, 422)).issueToken('a')),
      ['See `issues` for what is wrong with the request.'],
    ],
    [
      'a refusal without',
      () => failureOf(sfox(always(null, 422)).issueToken('a')),
      ['It does not say what is wrong. Check the id and the options of the call.'],
    ],
    [
      'a body that is no JSON',
      () => failureOf(sfox(() => Promise.resolve(new Response('<html>'))).issueToken('a')),
      ['the body is not JSON', 'Check the base URL, and any proxy or `fetch` of your own.'],
    ],
    [
      'a body that is no object',
      () => failureOf(sfox(always('a')).issueToken('a')),
      ['the body is missing or has the wrong form'],
    ],
    [
      'a client_user_id',
      () =>
        failureOf(junction(always({ detail: [{ loc: ['path'], msg: 'no', type: 'uuid' }] }, 422)).issueToken('mine')),
      ['Pass the user id of Junction, a UUID'],
    ],
  ])('%s', async (_, fail, words) => {
    const { message } = await fail();
    for (const each of words) expect(message).toContain(each);
  });

  it('and gives a hint only where it fits', async () => {
    for (const status of [400, 404, 500]) {
      const { message } = await failureOf(junction(always({ detail: 'no' }, status)).issueToken('mine'));
      expect(message).not.toContain('Pass the user id of Junction');
    }
    const created = await failureOf(junction(always({ detail: 'no' }, 422)).users.create({ clientUserId: 'mine' }));
    expect(created.message).not.toContain('Pass the user id of Junction');
    const problem = { detail: { error_type: 'INVALID_REQUEST', error_message: 'no' } };
    const invalid = await failureOf(junction(always(problem, 422)).users.create({ clientUserId: 'mine' }));
    expect(invalid.code).toBe('validation_failed');
  });

  it('and names the option of a client', () => {
    const options = { apiKey: keys.clerk };
    expect(() => createClerk({ ...options, apiVersion: '' })).toThrow('`apiVersion` must be like 2026-05-12.');
    expect(() => createClerk({ ...options, apiVersion: 'a 2026-05-12' })).toThrow('`apiVersion`');
    expect(() => createSfox({ apiKey: 'x', environment: 'sandbox', batchSize: 0 })).toThrow('`batchSize` must be');
    expect(() => createClerk({ apiKey: 'unknown', environment: 'development' })).toThrow(
      'begins with neither sk_live_ nor sk_test_. Use a key with such a prefix, or leave out `environment`.',
    );
    expect(() => createClerk({ ...options, environment: 'production' })).toThrow(
      "is 'production', but the option `apiKey` begins with sk_test_, which means 'development'",
    );
  });

  it('and where a key could not be had, why', async () => {
    const cause = new Error('the vault is closed');
    const client = createClerk({ apiKey: () => Promise.reject(cause), fetch: never });
    const error = await failureOf(client.issueToken('user_1'));
    expect(error.message).toContain('the function `apiKey` failed; see `cause`.');
    expect(error.cause).toMatchObject({ message: 'the vault is closed' });
  });
});

describe('an id that looks like a UUID', () => {
  const id = '6F3C0D4E-8A51-4C1B-9B7E-2F1D7A90C3AA';
  it.each([
    [id, id.toLowerCase(), true],
    [`${id}x`, `${id}x`.toLowerCase(), false],
    [`x${id}`, `x${id}`.toLowerCase(), false],
    ['MINE', 'mine', false],
  ])('%s may be answered as %s: %s', async (asked, answered, isFine) => {
    const call = junction(always({ user_id: answered, sign_in_token: 'made-up' })).issueToken(asked);
    if (isFine) expect((await call).userId).toBe(asked);
    else expect(await failureOf(call)).toMatchObject({ code: 'invalid_response' });
  });
});
