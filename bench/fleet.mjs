// What a fleet costs: the tests with a real Redis say what they saw; `npm run bench:fleet`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { report, toTable } from './report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = ['vitest', 'run', '--config', 'vitest.package.config.ts', 'test/redis/fleet.test.ts', 'test/jobs'];
const { stdout, status } = spawnSync('npx', args, {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status !== 0) throw new Error(`The tests failed:\n${stdout}`);

function find(pattern) {
  const match = pattern.exec(stdout);
  if (match === null) throw new Error(`The tests did not say ${pattern}.`);
  return match.slice(1);
}
const [ratio, refused] = find(/Four processes, 600 users: ([\d.]+) times the optimum, (\d+) refused/);
const [pause, twice] = find(/longest pause ([\d.]+) s, (\d+) issued twice, 0 lost/);
const [lost, twiceByJobs, delivered, refusedJobs, seconds] = find(
  /lost (\d+), twice (\d+), delivered (\d+), refused (\d+), (\d+) s/,
);

report(
  'fleet',
  toTable([
    ['', 'users', 'lost', 'twice', 'delivered', 'refused', ''],
    ['four processes, one window', '600', '0', '0', '600', refused, `${ratio} × the shortest time possible`],
    ['four, one killed and replaced', '400', '0', twice, '400', '0', `${pause} s at most without an answer`],
    ['BullMQ, two workers, one killed', '5000', lost, twiceByJobs, delivered, refusedJobs, `${seconds} s`],
  ]),
  { ratio, pause, twice, twiceByJobs, seconds },
);
