import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClerk } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClerkFromFile } from './mounted-file.js';
import { cacheKey } from './secret-manager.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwright-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

const [oldKey, newKey] = ['sk_test_made-up-old', 'sk_test_made-up-new'] as const;

function setUp() {
  const fakes = createFakeProviders();
  fakes.clerk.acceptKey(oldKey);
  return {
    fetch: fakes.fetch,
    rotate: () => {
      fakes.reset();
      fakes.clerk.acceptKey(newKey);
    },
  };
}

test('a mounted file: a new key counts from the next request on, without a restart', async () => {
  const { fetch, rotate } = setUp();
  const path = join(folder, 'clerk-key');
  await writeFile(path, `${oldKey}\n`);
  const clerk = createClerkFromFile(path, { fetch, retry: 0 });
  await clerk.issueToken('user_1');
  rotate();
  await expect(clerk.issueToken('user_1')).rejects.toMatchObject({ code: 'unauthorized' });
  await writeFile(path, `${newKey}\n`);
  await clerk.issueToken('user_1');
  await rm(path);
  await expect(clerk.issueToken('user_1')).rejects.toMatchObject({ code: 'api_key_unavailable' });
});

test('a secret manager: it is asked once, and again for a key that was refused or is old', async () => {
  const { fetch, rotate } = setUp();
  let current: string = oldKey;
  const readKey = vi.fn(() => Promise.resolve(current));
  const clerk = createClerk({ apiKey: cacheKey(readKey), fetch, retry: 0 });
  await Promise.all([clerk.issueToken('user_1'), clerk.issueToken('user_2')]);
  expect(readKey).toHaveBeenCalledTimes(1);
  current = newKey;
  rotate();
  await Promise.all([clerk.issueToken('user_1'), clerk.issueToken('user_2')]);
  expect(readKey).toHaveBeenCalledTimes(2);
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await clerk.issueToken('user_1');
  expect(readKey).toHaveBeenCalledTimes(3);
  readKey.mockRejectedValueOnce(new Error('sealed'));
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await expect(clerk.issueToken('user_1')).rejects.toMatchObject({ code: 'api_key_unavailable' });
  // A failure is not kept.
  await clerk.issueToken('user_1');
});

test('the page of the documentation shows these files', async () => {
  const page = await readFile(new URL('../../docs/secrets.md', import.meta.url), 'utf8');
  for (const file of ['mounted-file.ts', 'secret-manager.ts'])
    expect(page).toContain(`\`\`\`ts\n${await readFile(new URL(file, import.meta.url), 'utf8')}\`\`\`\n`);
});
