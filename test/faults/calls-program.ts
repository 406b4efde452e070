// A program that makes calls one after the other, says what came of each, and does nothing to end itself.
import { isTokenwrightError } from '../../src/index.js';
import { judgedOperations } from '../support/operations.js';

interface Planned {
  readonly operation: string;
  readonly baseUrl: string;
  readonly timeout: number;
}

async function main(plan: readonly Planned[]): Promise<void> {
  for (const { operation, baseUrl, timeout } of plan) {
    const { prepare } = judgedOperations.find(({ name }) => name === operation)!;
    const call = prepare({ baseUrl }).call({ timeout, retry: 0 });
    const outcome = await call.then(
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
