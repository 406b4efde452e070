import { describe, expect, it } from 'vitest';
import { createClerk, createIssuer } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { issueOperations, keys } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';

describe.each(judged)('%s', (provider) => {
  const { success, secrets, id } = issueOperations[provider];
  const text = JSON.stringify(success.body);

  function issueWith(token: unknown) {
    const body = text.replace(JSON.stringify(secrets[0]), () => JSON.stringify(token));
    expect(body).not.toBe(text);
    const fetch = () => Promise.resolve(new Response(body, { status: success.status }));
    return createIssuer(provider, { ...subjects[provider].options, ...subjects[provider].target, fetch }).issueToken(
      id,
    );
  }

  it.each([
    '',
    ' ',
    '\t \n',
    '\u00a0',
    'made-up\0token',
    'made-up\r\ntoken',
    'made-up\u0085token',
    '\u007f',
    7,
    null,
    {},
    [],
  ])('hands out no token %j', async (token) => {
    const error = await failureOf(issueWith(token));
    expect(error).toMatchObject({ code: 'invalid_response', retryable: false });
    expect(error.message).toContain('may have been issued');
  });

  it('takes any other, also with a time of long ago', async () => {
    for (const token of ['x', 'made up', 'é😀', '=/+']) expect(await issueWith(token)).toMatchObject({ token });
    const old = text.replace(/"expires":"[^"]*"/, '"expires":"2024-05-14T19:22:09.901Z"');
    const fetch = () => Promise.resolve(new Response(old, { status: success.status }));
    const issuer = createIssuer(provider, { ...subjects[provider].options, ...subjects[provider].target, fetch });
    expect(await issuer.issueToken(id)).toMatchObject({ token: secrets[0] });
  });
});

it('clerk: a token that is revoked already is none, one of an unknown status is', async () => {
  const { success, id } = issueOperations.clerk;
  const issueAs = (status: string) => {
    const fetch = () => Promise.resolve(Response.json({ ...(success.body as object), status }));
    return createClerk({ apiKey: keys.clerk, fetch }).issueToken(id);
  };
  expect(await failureOf(issueAs('revoked'))).toMatchObject({ code: 'invalid_response' });
  expect(await issueAs('of-the-future')).toMatchObject({ status: 'of-the-future' });
});
