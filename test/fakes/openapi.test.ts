import { expect, it } from 'vitest';
import { createClerk, createJunction, isTokenwrightError } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { subjects } from '../support/subjects/index.js';
import { type Contract, contractOf } from './openapi-contract.js';

/** A fetch of the fakes that holds every request and every documented answer against the documentation. */
function checkedFakes(contract: Contract) {
  const fakes = createFakeProviders();
  const checked: number[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url);
    const method = init.method ?? 'GET';
    contract.checkRequest(method, pathname, typeof init.body === 'string' ? JSON.parse(init.body) : undefined);
    const response = await fakes.fetch(url, init);
    if (contract.checkAnswer(method, pathname, response.status, await response.clone().json()))
      checked.push(response.status);
    return response;
  };
  return { fakes, fetch, checked };
}

const ignoreFailure = (error: unknown) => {
  if (!isTokenwrightError(error) || !('status' in error)) throw error;
};

it('Clerk: our requests and the answers of the fake are as documented', async () => {
  const { fakes, fetch, checked } = checkedFakes(contractOf('clerk', '/v1'));
  fakes.clerk.addUser('user_1');
  fakes.clerk.addOrganization('org_1', ['user_1']);
  const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch });
  const { id } = await clerk.issueToken('user_1', { expiresInSeconds: 60, orgId: 'org_1' });
  await clerk.revokeToken(id);
  await clerk.revokeToken(id).catch(ignoreFailure);
  await clerk.revokeToken('sit_unknown').catch(ignoreFailure);
  await clerk.issueToken('user_2').catch(ignoreFailure);
  await clerk.issueToken('user_1', { orgId: 'org_2' }).catch(ignoreFailure);
  fakes.clerk.organizationsEnabled = false;
  await clerk.issueToken('user_1', { orgId: 'org_1' }).catch(ignoreFailure);
  fakes.clerk.failNext({ status: 422 });
  await clerk.issueToken('user_1').catch(ignoreFailure);
  expect(checked).toEqual([200, 200, 400, 404, 404, 404, 403, 422]);
});

it('Junction: our requests and the answers of the fake are as documented', async () => {
  const { fakes, fetch, checked } = checkedFakes(contractOf('junction', ''));
  const junction = createJunction({ apiKey: 'sk_eu_made-up', fetch });
  await junction.issueToken('6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa');
  await junction.issueToken('not-a-uuid').catch(ignoreFailure);
  expect(checked).toEqual([200, 422]);

  const fields = { fallbackTimeZone: 'Asia/Kathmandu', fallbackBirthDate: '1990-01-01', ingestionStart: '2026-01-01' };
  await junction.users.create({ clientUserId: 'mine-1', ...fields, ingestionEnd: '2026-12-31' });
  await junction.users.create({ clientUserId: 'mine-1' }).catch(ignoreFailure);
  await junction.users.resolve('mine-1');
  expect(checked).toEqual([200, 422, 200, 400, 200]);
  expect(fakes.junction.createdUsers).toHaveLength(1);
});

it.each([
  ['clerk', '/v1'],
  ['junction', ''],
] as const)('the failures that the test subject of %s names are the documented ones', (provider, version) => {
  const { documented, nameOf } = contractOf(provider, version);
  for (const { name, request, statuses } of subjects[provider].operations) {
    const operation = `${nameOf(request.method ?? 'POST', request.path)} `;
    const all = documented.flatMap((each) =>
      each.startsWith(operation) ? [Number(each.slice(operation.length))] : [],
    );
    expect(statuses, name).toEqual(all.filter((status) => status >= 400));
  }
});

it('the check itself fails on what is not documented', () => {
  const clerk = contractOf('clerk', '/v1');
  expect(() => {
    clerk.checkRequest('POST', '/v1/sign_in_tokens', { expires_in_seconds: 0 });
  }).toThrow();
  expect(() => clerk.checkAnswer('POST', '/v1/sign_in_tokens', 200, { object: 'sign_in_token' })).toThrow();
  expect(() => {
    clerk.checkRequest('POST', '/v2/sign_in_tokens', { user_id: 'user_1' });
  }).toThrow('no path');
  expect(() => {
    clerk.checkRequest('PUT', '/v1/sign_in_tokens', { user_id: 'user_1' });
  }).toThrow('no PUT');
});
