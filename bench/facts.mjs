// The short table at the top of the page, made of the results of the benchmarks and of the page of faults.
import { toTable } from './report.mjs';

export function toFacts({ size, start, call }, page) {
  const { installed, bundles } = size;
  const weight = (name) => {
    const { bytes, packages } = installed[name];
    const text = bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
    return `${text}, ${packages} package${packages === 1 ? '' : 's'}`;
  };
  const kilobytes = (name) => `${bundles[name].toFixed(1)} kB`;
  const times = ({ median }) => `${median.toFixed(2)} ×`;
  const callOf = (title, name) => times(call[title][name].time);
  const survived = /good, of (\d+)\W+(\d+)\W+(\d+)\W+(\d+)\W+(\d+)/.exec(page);
  if (survived === null) throw new Error('The page has no table of faults.');
  const [, faults, clerkOurs, clerkTheirs, , junctionTheirs] = survived;
  const none = 'without a body, 1 at a time';
  const one = 'with a body, 1 at a time';
  return toTable([
    ['', 'tokenwright', '@clerk/backend', '@junction-api/sdk'],
    ['Installed', ...['tokenwright', '@clerk/backend', '@junction-api/sdk'].map(weight)],
    [
      'Smallest program, minified, gzip',
      `${kilobytes('tokenwright, sFOX')} to ${kilobytes('tokenwright, Junction')}`,
      kilobytes('@clerk/backend'),
      `${kilobytes('@junction-api/sdk')}; ${kilobytes('@junction-api/sdk/user')} by its narrowest import`,
    ],
    [
      'Import and first request, against a first `fetch`',
      ...['tokenwright, ESM', '@clerk/backend', '@junction-api/sdk'].map((name) => times(start[name].first)),
    ],
    [
      'A Junction call, against a bare `fetch`',
      callOf(none, 'tokenwright, Junction'),
      '',
      callOf(none, '@junction-api/sdk'),
    ],
    ['A Clerk call, against a bare `fetch`', callOf(one, 'tokenwright, Clerk'), callOf(one, '@clerk/backend'), ''],
    [`Faults taken well, of ${faults}`, clerkOurs, clerkTheirs, junctionTheirs],
  ]);
}
