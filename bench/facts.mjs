// The short tables: at the top of the page, made of the results and of the page of faults, and in docs/decisions.md.
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
  const callOf = (provider, name = `tokenwright, ${provider}`) => times(call[`${provider}, 1 at a time`][name].time);
  const survived = /good, of (\d+)\W+(\d+)\W+(\d+)\W+(\d+)\W+(\d+)/.exec(page);
  if (survived === null) throw new Error('The page has no table of faults.');
  const [, faults, clerkOurs, clerkTheirs, , junctionTheirs] = survived;
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
    ['A Junction call, against a bare `fetch`', callOf('Junction'), '', callOf('Junction', '@junction-api/sdk')],
    ['An sFOX call, against a bare `fetch`', callOf('sFOX'), '', ''],
    ['A Clerk call, against a bare `fetch`', callOf('Clerk'), callOf('Clerk', '@clerk/backend'), ''],
    [`Faults taken well, of ${faults}`, clerkOurs, clerkTheirs, junctionTheirs],
  ]);
}

/** What a call costs as it is, and what it would cost through ky: for the decision to use ky for the retries alone. */
export function toCallFigures({ call }) {
  const providers = ['Junction', 'sFOX', 'Clerk'];
  const rowOf = (concurrency, title, nameOf) => [
    `${title}, ${concurrency} at a time`,
    ...providers.map((provider) => {
      return call[`${provider}, ${concurrency} at a time`][nameOf(provider)].time.median.toFixed(2);
    }),
  ];
  return toTable([
    ['Time of a call / bare `fetch`', ...providers],
    ...[1, 64].flatMap((concurrency) => [
      rowOf(concurrency, 'tokenwright', (provider) => `tokenwright, ${provider}`),
      rowOf(concurrency, 'ky alone', () => 'ky'),
    ]),
  ]);
}
