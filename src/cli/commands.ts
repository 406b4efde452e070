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
  'Exit codes: 0 done, 1 failed, 2 wrong use, 3 configuration or authentication, 4 some of many failed, 130 interrupted, 141 the reader of the output has closed it.';

const count: Pick<Flag, 'parse' | 'expected'> = {
  parse: (text) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined),
  expected: 'a whole number from 1',
};

function choice(names: readonly string[]): Pick<Flag, 'parse' | 'expected'> {
  return { parse: (text) => names.find((name) => name === text), expected: listOf(names) };
}

const profiles: readonly ProviderProfile[] = providerIds.map((id) => providers[id].profile);

/** The choices of all providers; each with the names of its providers, unless all have it. */
function choicesOf(list: (profile: ProviderProfile) => readonly string[]): string {
  const choices = [...new Set(profiles.flatMap(list))].map((choice) => {
    const labels = profiles.flatMap((profile) => (list(profile).includes(choice) ? profile.label : []));
    return labels.length === profiles.length ? choice : `${choice} (${labels.join(', ')})`;
  });
  return listOf(choices);
}

const environment = { placeholder: '<name>', description: choicesOf(({ environments }) => environments) };
const region = { placeholder: '<name>', description: choicesOf(({ regions = [] }) => regions) };

/** The flags of the providers' own options, each with the name of its provider. */
const ownFlags = Object.fromEntries(
  ownOptions.map(({ label, flag }) => [flag.name, { ...flag, description: `${flag.description} (${label})` }]),
);
const target = {
  'base-url': { placeholder: '<url>', description: 'another URL instead of the provider’s, such as a served fake' },
  timeout: { placeholder: '<ms>', description: 'time limit of a call, in milliseconds', ...count },
  retry: {
    placeholder: '<n>',
    description: 'attempts after the first, default 2',
    parse: (text: string) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined),
    expected: 'a whole number from 0',
  },
};
const quiet = { description: 'print only errors on standard error: no progress, summary or notice' };
const provider = { name: 'provider', choices: providerIds };

/** The casts in the actions are safe: `parseCommandLine` has checked the arguments, which TypeScript cannot tell. */
export const commands: readonly Command[] = [
  {
    name: 'issue',
    description: 'issue a token for each user',
    positionals: [provider, { name: 'userId', count: 'many' }],
    flags: {
      environment,
      region,
      ...target,
      ...ownFlags,
      concurrency: { placeholder: '<n>', description: 'requests in flight at the same time', ...count },
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
A user id of - reads ids from standard input, one a line.

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
    description: 'revoke tokens that have not been used, by their ids (Clerk)',
    positionals: [provider, { name: 'tokenId', count: 'many' }],
    flags: { environment, ...target },
    notes: `A token id of - reads ids from standard input, one a line.

Example:\n  tokenwright revoke clerk sit_2abc\n\n${variablesHelp(['clerk'])}\n\n${exitCodesHelp}`,
    action: (context, [id, ...tokenIds], flags) => revoke(context, id as ProviderId, tokenIds, flags),
  },
  {
    name: 'users ensure',
    description: 'find the user with your own id, and create one if there is none (Junction)',
    positionals: [{ name: 'clientUserId' }],
    flags: { environment, region, ...target },
    notes: `Example:\n  tokenwright users ensure my-user-7\n\n${variablesHelp(['junction'])}\n\n${exitCodesHelp}`,
    action: (context, [clientUserId = ''], flags) => ensureUser(context, clientUserId, flags),
  },
  {
    name: 'check',
    description: 'show the settings from the environment; asks the provider only with --online; never prints a key',
    positionals: [{ ...provider, count: 'optional' }],
    flags: {
      format: { placeholder: '<name>', description: 'text (default) or json', ...choice(['text', 'json']) },
      online: { description: 'ask the provider whether the key is good, if it can tell without issuing a token' },
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
        description: 'port, default $PORT or 4010; 0 takes a free one',
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
        description: 'accept (default) or refuse users that neither --data nor a control has added',
        ...choice(['accept', 'refuse']),
      },
      keep: {
        placeholder: '<n>',
        description: 'calls, tokens and users to keep for each fake, default 10000',
        ...count,
      },
      quiet: { description: 'no line on standard error for each request' },
    },
    notes: `Examples:
  tokenwright serve --port 4010 --data fakes.json --unknown refuse
  CLERK_API_URL=http://127.0.0.1:4010/clerk my-program
  curl -d '{"userId": "user_1"}' http://127.0.0.1:4010/_fakes/clerk/users

Controls and a page are at /_fakes/. All controls: docs/fakes.md of the package's repository.`,
    action: (context, _, flags) => serve(context, flags),
  },
  {
    name: 'demo',
    description: 'show the library at work against fakes in this process; needs no account',
    positionals: [],
    flags: {},
    notes: '',
    action: (context) => demo(context),
  },
];
