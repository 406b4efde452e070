import { providerIds } from '../../providers/create-issuer.js';
import type { FakeProvider, FakeProviders, FakeRateLimit } from '../../testing/index.js';
import { checkNames, checkText } from '../checks.js';
import { RequestRefusal } from './message.js';

type Fields = Readonly<Record<string, unknown>>;

/** A control. Its result is sent as JSON. */
type Control<Subject> = (subject: Subject, fields: Fields) => unknown;

/** The controls of the server as a whole, by method and path below `/_fakes/`. */
export const commonControls: Readonly<Record<string, Control<FakeProviders>>> = {
  'GET health': () => ({ status: 'ok' }),
  'POST reset': (fakes, fields) => {
    checkNames('field', fields, []);
    fakes.reset();
  },
  'PUT clock': ({ clock }, fields) => {
    clock.set(checkNames('field', fields, ['now'])['now'] as string);
    return { now: new Date(clock.now()) };
  },
  'POST clock/advance': ({ clock }, fields) => {
    clock.advance(checkNames('field', fields, ['milliseconds'])['milliseconds'] as number);
    return { now: new Date(clock.now()) };
  },
};

/** The controls that each provider has, by method and path below `/_fakes/<provider>/`. */
export const providerControls: Readonly<Record<string, Control<FakeProvider>>> = {
  'POST users': (fake, fields) => {
    const { userId, environment } = checkNames('field', fields, ['userId', 'environment']);
    fake.addUser(checkText(userId, 'userId'), environment as string | undefined);
  },
  'POST keys': (fake, fields) => {
    const { key, environment } = checkNames('field', fields, ['key', 'environment']);
    fake.acceptKey(checkText(key, 'key'), environment as string | undefined);
  },
  'POST fail-next': (fake, { times, ...failure }) => {
    refuseEmptyFailure(failure);
    fake.failNext(failure, times as number | undefined);
  },
  'PUT failure': (fake, failure) => {
    refuseEmptyFailure(failure);
    fake.failWith(failure);
  },
  'DELETE failure': (fake) => {
    fake.failWith();
  },
  'PUT limit': (fake, limit) => {
    // The fake checks it, as it checks what a test gives it.
    fake.limitRate(limit as Partial<FakeRateLimit> as FakeRateLimit);
  },
  'DELETE limit': (fake) => {
    fake.limitRate();
  },
  'GET calls': (fake) => fake.calls.map(undefinedToNull),
  'GET tokens': (fake) => fake.tokens.map(undefinedToNull),
  'POST consume': (fake, fields) =>
    undefinedToNull(fake.consume(checkText(checkNames('field', fields, ['token'])['token'], 'token'))),
};

/**
 * Runs a control.
 *
 * @param path - The path after `/_fakes/`.
 * @param readBody - Reads the body; called only if there is such a control.
 * @throws RequestRefusal (404 or 405) for an unknown control, (400) for a wrong body.
 */
export async function runControl(
  fakes: FakeProviders,
  { method, path }: { readonly method: string; readonly path: string },
  readBody: () => Promise<Uint8Array>,
): Promise<unknown> {
  const [first, ...rest] = path.split('/');
  const provider = providerIds.find((id) => id === first);
  const name = provider === undefined ? path : rest.join('/');
  const key = `${method === 'HEAD' ? 'GET' : method} ${name}`;
  const controls = provider === undefined ? commonControls : providerControls;
  if (!Object.hasOwn(controls, key)) throw refuseUnknown(controls, name, provider === undefined ? '' : `${provider}/`);
  const fields = readFields(await readBody());
  try {
    return provider === undefined
      ? commonControls[key]?.(fakes, fields)
      : providerControls[key]?.(fakes[provider], fields);
  } catch (error) {
    throw new RequestRefusal(400, error instanceof Error ? error.message : String(error));
  }
}

function refuseUnknown(controls: object, name: string, prefix: string): RequestRefusal {
  const all = Object.keys(controls).map((each) => each.replace(' ', ` /_fakes/${prefix}`));
  const methods = Object.keys(controls).flatMap((each) =>
    each.endsWith(` ${name}`) ? [each.split(' ')[0] ?? ''] : [],
  );
  if (methods.length > 0) {
    const allow = methods.join(', ');
    return new RequestRefusal(405, `This control takes only ${allow.replace(', ', ' and ')}.`, { allow });
  }
  const more = prefix === '' ? ', and those of a provider, such as POST /_fakes/clerk/users' : '';
  return new RequestRefusal(404, `Unknown control. Known controls: ${all.join(', ')}${more}.`);
}

function readFields(body: Uint8Array): Fields {
  if (body.length === 0) return {};
  let fields: unknown;
  try {
    fields = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RequestRefusal(400, 'The body is not JSON. Send an object, such as {"userId": "user_1"}.');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new RequestRefusal(400, 'The body must be an object, such as {"userId": "user_1"}.');
  }
  return fields as Fields;
}

/** The fakes take an empty failure, which changes nothing. */
function refuseEmptyFailure(failure: Fields): void {
  if (Object.keys(failure).length === 0) throw new TypeError('Say how to fail, as in {"status": 503}.');
}

/** JSON leaves out `undefined`: `null` shows that the field exists. */
function undefinedToNull(record: object): unknown {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, (value as unknown) ?? null]));
}
