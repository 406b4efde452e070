// A program that makes calls one after the other, says what came of each, and does nothing to end itself.
import { createClerk, createIssuer, createJunction, createSfox, isTokenwrightError } from '../../src/index.js';

interface Planned {
  readonly operation: string;
  readonly provider: 'junction' | 'sfox' | 'clerk';
  readonly options: { readonly baseUrl: string };
  readonly id: string;
  readonly timeout: number;
}

type Make = (planned: Planned, callOptions: { timeout: number; retry: number }) => Promise<unknown>;

const issueToken: Make = ({ provider, options, id }, callOptions) =>
  createIssuer(provider, options).issueToken(id, callOptions);

/** Operations that are no `issueToken`. */
const others: Readonly<Record<string, Make>> = {
  'junction createUser': ({ options, id }, each) => createJunction(options).users.create({ clientUserId: id }, each),
  'junction resolveUser': ({ options, id }, each) => createJunction(options).users.resolve(id, each),
  'clerk revokeToken': ({ options, id }, each) => createClerk(options).revokeToken(id, each),
  async 'sfox batch'({ options, id }, each) {
    const [outcome] = await createSfox(options).issueTokens([id, `${id}-2`], each);
    if (outcome?.status === 'rejected') throw outcome.reason;
  },
};

async function main(plan: readonly Planned[]): Promise<void> {
  for (const planned of plan) {
    const make = others[planned.operation] ?? issueToken;
    const outcome = await make(planned, { timeout: planned.timeout, retry: 0 }).then(
      () => 'success',
      (error: unknown) => (isTokenwrightError(error) ? error.code : String(error)),
    );
    process.stdout.write(`${outcome}\n`);
  }
  // It keeps nobody alive, and so it is heard only if something else does.
  setTimeout(() => {
    process.stderr.write(`Held back by ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(9);
  }, 3_000).unref();
}

void main(JSON.parse(process.argv[2] ?? '[]') as Planned[]);
