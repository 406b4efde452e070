// What is installed, and what a bundler makes of the smallest program that issues one token; `npm run bench`.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { installAll, weigh } from './install.mjs';
import { plotBars, report, toTable } from './report.mjs';

const { folder, remove } = installAll();
const issue = (factory) => `import { ${factory} } from 'tokenwright';
console.log((await ${factory}().issueToken('id')).token);`;
const programs = {
  'tokenwright, Junction': issue('createJunction'),
  'tokenwright, sFOX': issue('createSfox'),
  'tokenwright, Clerk': issue('createClerk'),
  '@junction-api/sdk': `import { JunctionClient } from '@junction-api/sdk';
console.log((await new JunctionClient({ apiKey: 'key' }).user.getUserSignInToken({ userId: 'id' })).signInToken);`,
  '@junction-api/sdk/user': `import { UserClient } from '@junction-api/sdk/user';
console.log((await new UserClient({ apiKey: 'key' }).getUserSignInToken({ userId: 'id' })).signInToken);`,
  '@clerk/backend': `import { createClerkClient } from '@clerk/backend';
const { signInTokens } = createClerkClient({ secretKey: 'key' });
console.log((await signInTokens.createSignInToken({ userId: 'id', expiresInSeconds: 60 })).token);`,
  'axios (sFOX)': `import axios from 'axios';
const { data } = await axios.post('https://api.sfox.com/v1/enterprise/user-tokens/id', undefined, { headers: { Authorization: 'Bearer key' } });
console.log(data.data.token);`,
  'ky and zod/mini alone': `import ky from 'ky';
import * as z from 'zod/mini';
console.log(z.object({ token: z.string() }).parse(await ky.post('https://api.sfox.com').json()).token);`,
};
const bundles = {};
for (const [name, contents] of Object.entries(programs)) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    tsconfigRaw: '{}',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  });
  bundles[name] = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1_000;
}
remove();
const weights = Object.fromEntries(
  ['tokenwright', '@clerk/backend', '@junction-api/sdk'].map((name) => [name, weigh(name)]),
);

plotBars(
  'bundle',
  'The smallest program that issues a token: kB, minified, gzip',
  Object.entries(bundles).map(([label, median]) => ({ label, median })),
);
report(
  'size',
  `${toTable([
    ['installed', 'kB', 'packages'],
    ...Object.entries(weights).map(([name, { bytes, packages }]) => [name, (bytes / 1_000).toFixed(0), packages]),
  ])}

${toTable([
  ['the smallest program that issues a token', 'kB, minified, gzip'],
  ...Object.entries(bundles).map(([name, size]) => [name, size.toFixed(1)]),
])}`,
  { installed: weights, bundles },
);
