// What has to hold before a version is published: `npm run release:check`. Says all that is wrong, and publishes nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.';
const read = (file) => readFileSync(join(folder, file), 'utf8');
const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

const problems = [];
const want = (isFine, problem) => {
  if (!isFine) problems.push(problem);
};

const manifest = JSON.parse(read('package.json'));
const { version, publishConfig, repository, keywords = [] } = manifest;
want(
  /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  `The version ${version} is none: package.json wants major.minor.patch.`,
);
const lock = JSON.parse(read('package-lock.json'));
want(
  lock.version === version && lock.packages?.[''].version === version,
  'package-lock.json has another version: npm install.',
);

const sections = read('CHANGELOG.md').split(/^## /m);
const section = sections.find((each) => each.startsWith(`[${version}]`));
want(section !== undefined, `CHANGELOG.md has no section [${version}]: give Unreleased its name and date.`);
if (section !== undefined) {
  const [title, ...lines] = section.split('\n');
  want(
    / - \d{4}-\d{2}-\d{2}$/.test(title),
    `The section [${version}] of CHANGELOG.md has no date, as in " - 2026-01-31".`,
  );
  want(
    lines.some((line) => line.startsWith('- ')),
    `The section [${version}] of CHANGELOG.md says nothing.`,
  );
}
// A release may stand above its own release candidate.
const numbersOf = (name) => name.replace(/-.*/, '');
const [previous] = sections
  .slice(sections.indexOf(section) + 1)
  .flatMap((each) => /^\[(\d[^\]]*)\]/.exec(each)?.[1] ?? []);
want(
  section === undefined ||
    previous === undefined ||
    numbersOf(previous).localeCompare(numbersOf(version), 'en', { numeric: true }) <= 0,
  `CHANGELOG.md has [${previous}] below [${version}]: the newest version comes first.`,
);
const unreleased = sections.find((each) => each.startsWith('[Unreleased]')) ?? '';
want(!/^- /m.test(unreleased), 'CHANGELOG.md has entries in Unreleased: they belong to this version.');

want(git('status', '--porcelain') === '', 'The tree is not clean: commit, or put aside, what is changed.');
want(git('rev-parse', '--abbrev-ref', 'HEAD') === 'main', 'This is not the branch main.');
want(git('tag', '--list', `v${version}`) === '', `The tag v${version} exists: this version is out.`);

want(manifest.private !== true, 'package.json is private.');
want(publishConfig?.access === 'public', 'package.json wants publishConfig.access "public".');
want(publishConfig?.provenance === true, 'package.json wants publishConfig.provenance true.');
for (const field of ['description', 'license', 'engines'])
  want(manifest[field] !== undefined, `package.json has no ${field}.`);
want(keywords.length > 0, 'package.json has no keywords: a search on npm does not find it.');
want(new Set(keywords).size === keywords.length, 'package.json has a keyword twice.');

const url = typeof repository === 'string' ? repository : repository?.url;
want(
  url !== undefined,
  'package.json has no repository: add "repository": "github:owner/name". Provenance needs it, and npm takes homepage and bugs from it.',
);
// What npm knows, for which it fills in the rest.
const isKnownHost =
  /^((github|gitlab|bitbucket):)?[\w.-]+\/[\w.-]+$|\/\/(github\.com|gitlab\.com|bitbucket\.org)\//.test(url);
for (const field of ['homepage', 'bugs'])
  want(
    url === undefined || isKnownHost || manifest[field] !== undefined,
    `package.json has no ${field}, and npm cannot tell it from the repository ${url}: add it.`,
  );

for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0
    ? `${manifest.name} ${version} may go out: .ci/run, then tag v${version}, then npm publish from a CI that signs.`
    : `Not ready: ${problems.length}.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
