import { isCount, maxConcurrency } from '../bulk/options.js';
import type { ProviderProfile } from '../client/profile.js';
import { providerIds } from '../providers/create-issuer.js';
import { type ProviderId, providers } from '../providers/index.js';
import { check } from './check.js';
import { type CommandSyntax, type Flag, listOf } from './command-line.js';
import type { CliContext } from './context.js';
import { demo } from './demo.js';
import { issue } from './issue.js';
import { formats } from './output.js';
import { ownOptions } from './own-flags.js';
import { revoke } from './revoke.js';
import { parsePort, serve } from './serve.js';
import { ensureUser } from './users.js';

/** A command with its action, which returns the exit code. */
export interface Command extends CommandSyntax {
  readonly action: (
    context: CliContext,
    positionals: readonly string[],
    flags: Readonly<Record<string, unknown>>,
  ) => Promise<number>;
}

/** The help on environment variables. Keys come only from there, because other users of the machine can see arguments. */
export function variablesHelp(ids: readonly ProviderId[] = providerIds): string {
  const rows = ids.map((id) => {
    const { label, variables, credentials, ownOptions } = providers[id].profile;
    const ofCredentials = Object.values(credentials).flatMap((each) => [
      ...each.variables,
      ...(each.fallbackVariables ?? []),
    ]);
    const ofOptions = Object.values(ownOptions).flatMap((option) => option.variables ?? []);
    return `  ${label.padEnd(9)} ${[...ofCredentials, ...Object.values(variables).flat(), ...ofOptions].join(', ')}`;
  });
  const all = `  ${'all'.padEnd(9)} TOKENWRIGHT_ALLOW_HTTP=1: plain http to hosts that are not public, for test keys`;
  return ['Environment variables (keys are read only from there):', ...rows, all].join('\n');
}

export const exitCodesHelp =
  'Exit codes: 0 done, 1 failed, 2 wrong use, 3 configuration or authentication, 4 some of many failed, 130 interrupted, 141 output closed by its reader.';

const count: Pick<Flag, 'parse' | 'expected'> = {
  parse: (text) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined),
  expected: 'a whole number, 1 or more',
};

function choice(names: readonly string[]): Pick<Flag, 'parse' | 'expected'> {
  return { parse: (text) => names.find((name) => name === text), expected: listOf(names) };
}

const profilesOf = (ids: readonly ProviderId[]): readonly ProviderProfile[] => ids.map((id) => providers[id].profile);
const labelsOf = (profiles: readonly ProviderProfile[]) => profiles.map(({ label }) => label).join(', ');

/** A flag with the choices of these providers. A choice that not all of them have is shown with their names. */
function choiceFlag(ids: readonly ProviderId[], list: (profile: ProviderProfile) => readonly string[]): Flag {
  const all = profilesOf(ids);
  const having = all.filter((profile) => list(profile).length > 0);
  const choices = [...new Set(having.flatMap(list))].map((choice) => {
    const some = having.filter((profile) => list(profile).includes(choice));
    return some.length === having.length ? choice : `${choice} (${labelsOf(some)})`;
  });
  const whose = having.length === all.length ? '' : ` (${labelsOf(having)})`;
  return { placeholder: '<name>', description: `${listOf(choices)}${whose}` };
}

const environmentOf = (ids: readonly ProviderId[]) => choiceFlag(ids, ({ environments = [] }) => environments);
const regionOf = (ids: readonly ProviderId[]) => choiceFlag(ids, ({ regions = [] }) => regions);

/** The flags of the providers' own options, each with the name of its provider. */
const ownFlags = Object.fromEntries(
  ownOptions.map(({ label, flag }) => [flag.name, { ...flag, description: `${flag.description} (${label})` }]),
);
const target = {
  'base-url': { placeholder: '<url>', description: "another URL than the provider's, such as that of a served fake" },
  timeout: {
    placeholder: '<ms>',
    description: 'time limit of a call in milliseconds, default 30000',
    ...count,
    expected: 'a whole number of milliseconds, 1 or more',
  },
  retry: {
    placeholder: '<n>',
    description: 'retries after the first attempt, default 2',
    parse: (text: string) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined),
    expected: 'a whole number from 0 to 999',
  },
};
const quiet = { description: 'print only errors on standard error: no progress, summary or notice' };
const provider = { name: 'provider', choices: providerIds };
const revocable = ['clerk'] as const;
const withUsers = ['junction'] as const;

/** The casts in the actions are safe: `parseCommandLine` has checked the arguments, which TypeScript cannot tell. */
export const commands: readonly Command[] = [
  {
    name: 'issue',
    description: 'issue a token for each user',
    positionals: [provider, { name: 'userId', count: 'many' }],
    flags: {
      environment: environmentOf(providerIds),
      region: regionOf(providerIds),
      ...target,
      ...ownFlags,
      concurrency: {
        placeholder: '<n>',
        description: 'simultaneous requests, default 8',
        // Also checked for one user, for whom the client takes no such option.
        parse: (text) => (isCount(count.parse?.(text), maxConcurrency) ? Number(text) : undefined),
        expected: `a whole number from 1 to ${String(maxConcurrency)}`,
      },
      format: {
        placeholder: '<name>',
        description: `${listOf(formats)}; default: json for one user, ndjson for many`,
        ...choice(formats),
      },
      skip: {
        placeholder: '<file>',
        description: 'results of earlier runs: skip users with a token that has not expired; may be repeated',
        isRepeatable: true,
      },
      quiet,
    },
    notes: `For one user, prints one result. For many, prints one line for each as it arrives; failures have the field "error".
A user id of - reads ids from standard input, one per line.

Examples:
  tokenwright issue junction 6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa
  tokenwright issue clerk user_2abc --expires-in 15m --format token
  tokenwright issue sfox - --environment sandbox < ids.txt > tokens.ndjson
  tokenwright issue sfox - --environment sandbox --skip tokens.ndjson < ids.txt >> tokens.ndjson

${variablesHelp()}

${exitCodesHelp}`,
    action: (context, [id, ...userIds], flags) => issue(context, id as ProviderId, userIds, flags),
  },
  {
    name: 'revoke',
    description: 'revoke unused tokens by their ids (Clerk)',
    positionals: [
      { name: 'provider', choices: revocable },
      { name: 'tokenId', count: 'many' },
    ],
    flags: { environment: environmentOf(revocable), ...target },
    notes: `A token id of - reads ids from standard input, one per line.

Example:\n  tokenwright revoke clerk sit_2abc\n\n${variablesHelp(revocable)}\n\n${exitCodesHelp}`,
    action: (context, [id, ...tokenIds], flags) => revoke(context, id as (typeof revocable)[number], tokenIds, flags),
  },
  {
    name: 'users ensure',
    description: 'find the user with your own id, or create one (Junction)',
    positionals: [{ name: 'clientUserId' }],
    flags: { environment: environmentOf(withUsers), region: regionOf(withUsers), ...target },
    notes: `Example:\n  tokenwright users ensure my-user-7\n\n${variablesHelp(withUsers)}\n\n${exitCodesHelp}`,
    action: (context, [clientUserId = ''], flags) => ensureUser(context, clientUserId, flags),
  },
  {
    name: 'check',
    description: 'show the settings from environment variables, never a key; sends nothing without --online',
    positionals: [{ ...provider, count: 'optional' }],
    flags: {
      format: { placeholder: '<name>', description: 'text (default) or json', ...choice(['text', 'json']) },
      online: { description: 'ask the provider whether it accepts the key (Junction, Clerk); issues no token' },
    },
    notes: `Example:\n  tokenwright check junction\n\n${variablesHelp()}\n\n${exitCodesHelp}`,
    action: (context, [id], flags) => check(context, id as ProviderId | undefined, flags),
  },
  {
    name: 'serve',
    description: 'serve fakes of all providers over HTTP, for tests and scripts in any language',
    positionals: [],
    flags: {
      port: {
        placeholder: '<n>',
        description: 'port, default $PORT or 4010; 0 for a free one',
        parse: parsePort,
        expected: 'a port, 0 to 65535',
      },
      host: {
        placeholder: '<address>',
        description: 'address to listen on, default $HOST or 127.0.0.1',
        parse: (text) => (text === '' ? undefined : text),
        expected: 'an address',
      },
      data: { placeholder: '<file>', description: 'JSON file with initial users, keys, organizations and limits' },
      unknown: {
        placeholder: '<name>',
        description: 'accept (default): every user is known until one is added; refuse: only added users are known',
        ...choice(['accept', 'refuse']),
      },
      keep: {
        placeholder: '<n>',
        description: 'calls, tokens and users to keep for each fake, default 10000',
        ...count,
      },
      quiet: { description: 'print no line for each request on standard error' },
    },
    notes: `Examples:
  tokenwright serve --port 4010 --data fakes.json --unknown refuse
  CLERK_API_URL=http://127.0.0.1:4010/clerk my-program
  curl -d '{"userId": "user_1"}' http://127.0.0.1:4010/_fakes/clerk/users

Controls and a page are at /_fakes/. All controls: docs/fakes.md in the package.`,
    action: (context, _, flags) => serve(context, flags),
  },
  {
    name: 'demo',
    description: 'show the library at work against fakes; needs no account, sends nothing',
    positionals: [],
    flags: {},
    notes: '',
    action: (context) => demo(context),
  },
];
