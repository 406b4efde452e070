import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerIds } from '../../src/providers/create-issuer.js';
import { commonControls, providerControls } from '../../src/testing/server/controls.js';
import { type FakeServer, startFakeServer } from '../../src/testing/server/index.js';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../examples/fakes', import.meta.url));
const lines: string[] = [];
let server: FakeServer;

beforeAll(async () => {
  for (const command of ['python3', 'curl', 'jq']) {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' });
    } catch (error) {
      throw new Error(`These tests need ${command}. Install it; on Debian: apt-get install python3 curl jq.`, {
        cause: error,
      });
    }
  }
  server = await startFakeServer({ onRequest: (line) => lines.push(line) });
});
afterAll(() => server.close());

describe('the examples in other languages', () => {
  it('Python drives every control there is', async () => {
    const { stdout, stderr } = await run('python3', ['fakes.py', server.url], { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/All of it works\.\n$/);

    const all = [
      ...Object.keys(commonControls).map((name) => name.replace(' ', ' /_fakes/')),
      ...providerIds.flatMap((id) => Object.keys(providerControls).map((name) => name.replace(' ', ` /_fakes/${id}/`))),
    ];
    const used = new Set(
      lines.filter((line) => / 20[04] /.test(line)).map((line) => line.split(' ').slice(0, 2).join(' ')),
    );
    expect(all.filter((name) => !used.has(name))).toEqual([]);
  });

  it('the shell, with curl and jq', async () => {
    const { stdout, stderr } = await run('bash', ['fakes.sh', server.url], { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/All of it works\.\n$/);
  });

  it.each(['fakes.py', 'fakes.sh'])('%s says what is wrong, and fails', async (file) => {
    const command = file.endsWith('.py') ? 'python3' : 'bash';
    await expect(run(command, [file, `${server.url}/nowhere`], { cwd: folder })).rejects.toMatchObject({
      code: expect.any(Number) as unknown,
    });
  });
});
