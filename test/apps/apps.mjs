import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findClosedPort } from '../support/harness.mjs';

/** Starts a program, and returns what it prints and how to end it. */
function start(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      said += String(error);
      resolve(-1);
    });
  });
  return {
    said: () => said,
    hasEnded: () => child.exitCode !== null || child.pid === undefined,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Waits until a program does what it is started for. */
async function until(app, isReady) {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const result = await isReady();
    if (result) return result;
    if (app.hasEnded()) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await app.stop();
  throw new Error(`It did not start: ${app.said()}`);
}

const answers = (place) => () =>
  fetch(place, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );

/** How each recipe is started. */
export function createApps({ folder, tool, execute, env: secrets }) {
  const plain = { PATH: process.env.PATH, HOME: folder, NEXT_TELEMETRY_DISABLED: '1' };

  /** A recipe that says where it answers. */
  const node = (file) => async () => {
    const env = { ...plain, ...secrets, PORT: '0' };
    const app = start(process.execPath, [join(folder, file)], { cwd: folder, env });
    const place = await until(app, () => /http:\S+/.exec(app.said())?.[0]);
    return { ...app, place };
  };

  /** Built without a secret, as in a container's image, and started with them. */
  async function next() {
    const where = join(folder, 'next');
    await mkdir(join(where, 'app/token'), { recursive: true });
    await cp(join(folder, 'next-route.ts'), join(where, 'app/token/route.ts'));
    await cp(join(folder, 'session.mjs'), join(where, 'app/token/session.mjs'));
    const layout =
      'export default ({ children }: { children: React.ReactNode }) => <html><body>{children}</body></html>;';
    await writeFile(join(where, 'app/layout.tsx'), layout);
    await writeFile(join(where, 'app/page.tsx'), 'export default () => <p>Home</p>;');
    await writeFile(join(where, 'package.json'), '{ "name": "next-app", "private": true }');
    // As create-next-app writes it.
    const compilerOptions = {
      strict: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      allowJs: true,
      noEmit: true,
    };
    const more = { target: 'es2017', lib: ['dom', 'dom.iterable', 'esnext'], skipLibCheck: true, jsx: 'preserve' };
    const rest = { esModuleInterop: true, resolveJsonModule: true, isolatedModules: true, plugins: [{ name: 'next' }] };
    const include = ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'];
    await writeFile(
      join(where, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, ...more, ...rest }, include }),
    );
    await writeFile(
      join(where, 'next.config.mjs'),
      `export default { outputFileTracingRoot: ${JSON.stringify(where)} };`,
    );
    const command = tool('next/dist/bin/next');
    await execute(process.execPath, [command, 'build'], { cwd: where, env: plain, timeout: 240_000 }).catch((error) => {
      throw new Error(`next build: ${error.stdout}${error.stderr}`);
    });
    const port = await findClosedPort();
    const args = [command, 'start', '--hostname', '127.0.0.1', '--port', String(port)];
    const app = start(process.execPath, args, { cwd: where, env: { ...plain, ...secrets } });
    const place = `http://127.0.0.1:${port}/token`;
    await until(app, answers(place));
    return { ...app, place };
  }

  /** The files of the package as they are, without a bundler. */
  async function workerd() {
    const where = join(folder, 'worker');
    const dist = join(folder, 'node_modules/tokenwright/dist');
    await cp(dist, join(where, 'dist'), { recursive: true });
    for (const file of ['worker.mjs', 'session.mjs']) await cp(join(folder, file), join(where, file));
    const modules = [
      ['worker.mjs', 'worker.mjs'],
      ['session.mjs', 'session.mjs'],
      ['tokenwright', 'dist/index.js'],
      ['tokenwright/endpoint', 'dist/endpoint.js'],
      // The parts that both are made of, by the names under which those ask for them.
      ...(await readdir(dist))
        .filter((name) => /^(clients|shared|ky)-.*\.js$/.test(name))
        .flatMap((name) => [
          [name, `dist/${name}`],
          [`tokenwright/${name}`, `dist/${name}`],
        ]),
    ];
    const port = await findClosedPort();
    const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.map(([name, file]) => `(name = "${name}", esModule = embed "${file}")`).join(', ')}],
      bindings = [${Object.entries(secrets).map(([name, value]) => `(name = "${name}", text = "${value}")`)}],
      compatibilityDate = "2026-01-01",
      globalOutbound = "outside")),
    (name = "outside", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);`;
    await writeFile(join(where, 'config.capnp'), config);
    const app = start(tool('@cloudflare/workerd-linux-64/bin/workerd'), ['serve', 'config.capnp'], { cwd: where });
    const place = `http://127.0.0.1:${port}/token`;
    await until(app, answers(place));
    return { ...app, place };
  }

  return {
    node: node('node.mjs'),
    express5: node('express.mjs'),
    express4: node('older/express.mjs'),
    connect: node('connect.mjs'),
    fastify: node('fastify.mjs'),
    nest: node('out/nest.js'),
    hono: node('hono.mjs'),
    next,
    workerd,
  };
}
