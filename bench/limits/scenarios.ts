import type { RateLimit } from '../../src/index.js';
import type { Limits } from './provider.js';
import { rough, type Scenario } from './scenario.js';

/** What a scenario must come to. */
export interface Wanted {
  readonly ratio?: number;
  readonly refused?: number;
  readonly requests?: number;
  readonly longestSingle?: number;
}

export type Row = Scenario & { readonly group: string; readonly wanted: Wanted };

const clerkDevelopment = { requests: 100, perSeconds: 10 };
const clerkProduction = { requests: 1_000, perSeconds: 10 };
const sfoxLimit = { requests: 250, perSeconds: 10, penaltySeconds: 60 };

const jobs = [
  { job: 'Clerk development, 1,000', provider: 'clerk', users: 1_000, limit: clerkDevelopment },
  { job: 'Clerk development, 10,000', provider: 'clerk', users: 10_000, limit: clerkDevelopment },
  {
    job: 'Clerk production, 60,000, 64 at once',
    provider: 'clerk',
    users: 60_000,
    limit: clerkProduction,
    concurrency: 64,
  },
  { job: 'sFOX, 60,000 in batches', provider: 'sfox', users: 60_000, limit: sfoxLimit },
  { job: 'sFOX, 1,000 one by one', provider: 'sfox', users: 1_000, batchSize: 1, limit: sfoxLimit },
] as const;

const forms: Readonly<Record<string, Limits>> = {
  'fixed window': { form: 'fixed' },
  'window on the clock': { form: 'aligned' },
  'sliding window': { form: 'sliding' },
  'penalty of 60 s': { form: 'sliding', penaltySeconds: 60 },
  'penalty of 60 s, begun anew': { form: 'sliding', penaltySeconds: 60, isBegunAnew: true },
};

/** A cap is on what the client has in flight. */
const near = { ...rough, isNear: true };

/** The window alone: what a provider has of it beside, a form says. */
const windowOf = ({ requests, perSeconds }: RateLimit) => ({ requests, perSeconds });

const known = jobs.flatMap(({ job, limit, ...scenario }): Row[] =>
  Object.entries(forms).map(([form, limits]) => ({
    ...scenario,
    group: `limit known, ${job}`,
    name: form,
    limits: { ...windowOf(limit), ...limits },
    rateLimit: limit,
    wanted: { ratio: 1.05, refused: 0 },
  })),
);

const sfoxJob = { provider: 'sfox', users: 60_000 } as const;
const clerkJob = { provider: 'clerk', users: 1_000 } as const;

const knownOddly: Row[] = [
  {
    ...clerkJob,
    group: 'limit known, not that form',
    users: 2_000,
    name: 'bucket of full size',
    limits: { ...clerkDevelopment, form: 'bucket' },
    rateLimit: clerkDevelopment,
    wanted: { ratio: 1.05, refused: 0 },
  },
  ...[true, false].map((hasRetryAfter): Row => ({
    ...clerkJob,
    group: 'limit known, not that form',
    name: `bucket of a tenth${hasRetryAfter ? '' : ', silent'}`,
    limits: { ...clerkDevelopment, form: 'bucket', bucketSize: 10, hasRetryAfter },
    rateLimit: clerkDevelopment,
    wanted: { ratio: 1.25 },
  })),
  {
    ...sfoxJob,
    users: 20_000,
    group: 'limit known, not that form',
    name: 'cap of 4 in flight, penalty of 60 s',
    limits: { ...windowOf(sfoxLimit), cap: 4, penaltySeconds: 60 },
    network: near,
    rateLimit: sfoxLimit,
    wanted: {},
  },
];

const unknown: Row[] = (
  [
    ['fixed window, silent', clerkJob, { ...clerkDevelopment, form: 'fixed' }, 1.25],
    ['window on the clock, silent', clerkJob, { ...clerkDevelopment, form: 'aligned' }, 1.25],
    ['sliding window, silent', clerkJob, { ...clerkDevelopment, form: 'sliding' }, 1.25],
    ['fixed window, `Retry-After`', clerkJob, { ...clerkDevelopment, form: 'fixed', hasRetryAfter: true }, 1.25],
    ['outage of 30 s, `Retry-After: 5`', clerkJob, { outage: [5, 35], hasRetryAfter: true }, 1.15],
    ['outage of 30 s, silent', clerkJob, { outage: [5, 35] }, 1.15],
    ['cap of 4 in flight', clerkJob, { cap: 4 }, 1.6],
    ['penalty of 60 s, silent', sfoxJob, { ...windowOf(sfoxLimit), penaltySeconds: 60 }, undefined],
    [
      'penalty of 60 s, begun anew, silent',
      sfoxJob,
      { ...windowOf(sfoxLimit), penaltySeconds: 60, isBegunAnew: true },
      undefined,
    ],
    ['bucket of a tenth, silent', clerkJob, { ...clerkDevelopment, form: 'bucket', bucketSize: 10 }, undefined],
  ] as const
).map(([name, job, limits, ratio]): Row => ({
  ...job,
  group: 'limit not known',
  name,
  limits,
  ...('cap' in limits ? { network: near } : {}),
  rateLimit: false,
  wanted: ratio === undefined ? {} : { ratio },
}));

const processes = [4, 8].flatMap((count): Row[] => {
  const shared = {
    ...sfoxJob,
    users: 120_000,
    processes: count,
    limits: { ...windowOf(sfoxLimit), penaltySeconds: 60 },
  };
  const group = `${String(count)} processes at sFOX's limit`;
  return [
    { ...shared, group, name: 'a window each', rateLimit: sfoxLimit, wanted: {} },
    {
      ...shared,
      group,
      name: 'one window for all',
      isShared: true,
      rateLimit: sfoxLimit,
      wanted: { ratio: 1.05, refused: 0 },
    },
  ];
});

const beside: Row = {
  ...sfoxJob,
  users: 1_200_000,
  group: "a job at sFOX's limit",
  name: 'beside five single calls a second',
  limits: { ...windowOf(sfoxLimit), penaltySeconds: 60, form: 'sliding' },
  rateLimit: sfoxLimit,
  singlesPerSecond: 5,
  // What a single call takes is then its wait.
  network: { ...rough, tail: 0 },
  wanted: { refused: 0, longestSingle: 1 },
};

const slow = [5, 15, 25].map((sourceInterval): Row => ({
  ...sfoxJob,
  users: 3_000,
  group: 'a slow source, sFOX in batches',
  name: `a row every ${String(sourceInterval)} ms`,
  limits: { ...windowOf(sfoxLimit), penaltySeconds: 60 },
  rateLimit: sfoxLimit,
  sourceInterval,
  wanted: { ratio: 1.05, refused: 0, requests: 300 },
}));

export const rows: readonly Row[] = [...known, ...knownOddly, ...unknown, ...processes, beside, ...slow];
