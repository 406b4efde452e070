import { expect, it } from 'vitest';
import { raw, useFakes, uuid } from './ask.js';
import { contractOf } from './openapi-contract.js';

const { fakes, ask } = useFakes();

/** A request as the documentation allows it, or one that it refuses. */
interface Step {
  readonly request: string;
  readonly status: number;
  readonly body?: unknown;
  /** The documentation has this answer and no request that leads to it. */
  readonly onDemand?: true;
}

/** Sends requests one after the other, and holds each answer against its schema. All documented answers have to come. */
async function walk(name: 'junction' | 'clerk', version: string, steps: readonly Step[]): Promise<void> {
  const contract = contractOf(name, version);
  const { url, headers } = raw[name];
  const seen = new Set<string>();
  for (const { request, status, body, onDemand } of steps) {
    const [method = '', path = ''] = request.split(' ');
    if (onDemand === true) fakes[name].failNext({ status });
    const answer = await ask(new URL(path, url).href, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { pathname } = new URL(path, url);
    expect(answer, request).toMatchObject({ status });
    if (status === 200) contract.checkRequest(method, pathname, body);
    if (contract.checkAnswer(method, pathname, status, answer.body))
      seen.add(`${contract.nameOf(method, pathname)} ${String(status)}`);
  }
  expect([...seen].sort()).toEqual([...contract.documented].sort());
}

it('Junction: every documented request gets every documented answer', async () => {
  const fields = { fallback_time_zone: 'Europe/London', fallback_birth_date: '1989-09-12' };
  const bounds = { ingestion_start: '2026-01-01', ingestion_end: '2026-12-31' };
  await walk('junction', '', [
    { request: 'POST /v2/user/', status: 200, body: { client_user_id: 'mine', ...fields, ...bounds } },
    { request: 'POST /v2/user', status: 400, body: { client_user_id: 'mine' } },
    { request: 'POST /v2/user', status: 422, body: { client_user_id: 'other', fallback_time_zone: 'Mars/Phobos' } },
    { request: 'GET /v2/user/resolve/mine', status: 200 },
    { request: 'GET /v2/user/resolve/mine', status: 422, onDemand: true },
    { request: `POST /v2/user/${uuid}/sign_in_token`, status: 200 },
    { request: 'POST /v2/user/mine/sign_in_token', status: 422 },
    { request: `GET /v2/user/${uuid}`, status: 200 },
    { request: 'GET /v2/user/mine', status: 422 },
    { request: `DELETE /v2/user/${uuid}`, status: 200 },
    { request: 'DELETE /v2/user/mine', status: 422 },
    { request: `POST /v2/user/undo_delete?user_id=${uuid}`, status: 200 },
    { request: 'POST /v2/user/undo_delete', status: 422 },
  ]);
});

it('Clerk: every documented request gets every documented answer', async () => {
  fakes.clerk.addUser('user_1');
  const create = 'POST /v1/sign_in_tokens';
  await ask(raw.clerk.url, raw.clerk);
  const [token] = fakes.clerk.tokens;
  await walk('clerk', '/v1', [
    { request: create, status: 200, body: { user_id: 'user_1', expires_in_seconds: 60, org_id: 'org_1' } },
    { request: create, status: 403, body: { user_id: 'user_1' }, onDemand: true },
    { request: create, status: 404, body: { user_id: 'user_2' } },
    { request: create, status: 422, body: {} },
    { request: `${create}/${token!.id}/revoke`, status: 200 },
    { request: `${create}/${token!.id}/revoke`, status: 400 },
    { request: `${create}/sit_unknown/revoke`, status: 404 },
  ]);
});
