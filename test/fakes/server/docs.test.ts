import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkData } from '../../../src/testing/server/data.js';
import { commonControls, providerControls } from '../../../src/testing/server/controls.js';
import { startFakeServer } from '../../../src/testing/server/index.js';
import { createFakeProviders } from '../../../src/testing/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = readFileSync(`${root}docs/fakes.md`, 'utf8');

it('the table of the documentation has every control, and methods that there are', () => {
  const [, table = ''] = docs.split(/<!-- controls -->|<!-- end of controls -->/);
  const rows = [...table.matchAll(/^\| `(\w+) \/_fakes\/([^`]+)`.*?\| (?:`([^`]*)`)? *\|/gm)];
  const expected = [
    ...Object.keys(commonControls),
    ...Object.keys(providerControls).map((name) => name.replace(' ', ' <provider>/')),
  ];
  expect(rows.map(([, method, path]) => `${method ?? ''} ${path ?? ''}`)).toEqual(expected);
  const fakes = createFakeProviders();
  for (const [, , path, method = ''] of rows) {
    if (path === 'health') continue;
    const names = method
      .replace(/\(.*\)$/, '')
      .split('.')
      .slice(1);
    const found = names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], fakes);
    expect(found, method).toBeDefined();
  }
});

it('the endpoints of the documentation are those that the fakes answer', () => {
  for (const { method, path } of createFakeProviders().endpoints) {
    if (method === 'OPTIONS' || (path.endsWith('/') && path !== '/')) continue;
    expect(docs, path).toContain(path);
  }
});

it('the data of the documentation and of the example is right', () => {
  const [, data = ''] = /```json\n(.*?)```/s.exec(docs) ?? [];
  expect(() => checkData(JSON.parse(data))).not.toThrow();
  const example: unknown = JSON.parse(readFileSync(`${root}examples/fakes/fakes.json`, 'utf8'));
  expect(() => checkData(example)).not.toThrow();
});

it('the commands of the page on tests are as shown', async () => {
  const page = readFileSync(`${root}docs/testing.md`, 'utf8');
  const commands = [...page.matchAll(/^curl (?:-X (\w+) )?-d '(.*)' http:\/\/127\.0\.0\.1:4010(\S+)$/gm)];
  expect(commands).toHaveLength(3);
  const server = await startFakeServer();
  for (const [, method = 'POST', body = '', path = ''] of commands) {
    expect((await fetch(server.url + path, { method, body })).status, path).toBe(204);
  }
  await server.close();
});
