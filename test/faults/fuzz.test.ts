import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenwrightError } from '../../src/index.js';
import { judgedIssueOperations, judgedOperations, type OperationUnderTest } from '../support/operations.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';
import { startFaultServer } from './fault-server.js';

/** Calls, and checks what must be true of any outcome. */
async function judge({ prepare, key, secrets, provider, id }: OperationUnderTest, options: object): Promise<void> {
  const { call } = prepare({ baseUrl: 'https://provider.invalid', retry: 0, timeout: 2_000, ...options });
  let outcome: unknown;
  try {
    // A call that does not end fails the test by its time.
    outcome = await call();
    if (typeof outcome === 'object' && outcome !== null && 'token' in outcome) {
      expect(outcome).toMatchObject({ provider, userId: id, token: expect.stringMatching(/./s) as string });
    }
  } catch (error) {
    outcome = error;
    expect(error).toBeInstanceOf(TokenwrightError);
    expect(error).toMatchObject({ provider, message: expect.stringMatching(/\.$/) as string });
  }
  // What a success says is the provider's own, whatever it may echo; the key is nobody's to print in an error.
  if (outcome instanceof TokenwrightError) expect(everythingShownBy(outcome)).not.toContain(key);
  const printed = everythingPrintedBy(outcome);
  for (const secret of secrets) expect(printed).not.toContain(secret);
}

const headerText = fc.stringMatching(/^[abc 019,;=:/"-]{0,20}$/);

it.each(judgedOperations)('rule 5: $name: any answer gives a token or a typed error', async (operation) => {
  const { key, success } = operation;
  const good = JSON.stringify(success.body);
  // Texts that the real bodies hold, so that a random body looks like one now and then; and the key, echoed anywhere.
  const name = fc.constantFrom(
    ...(good.match(/"\w+"(?=:)/g) ?? []).map((each) => each.slice(1, -1)),
    'detail',
    'errors',
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, '', key, `x ${key} y`, operation.id, 1_700_000_000_000, '2030-01-01T00:00:00Z'),
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(name, fc.constant(key), fc.string()), tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  const changed = fc
    .tuple(name, value)
    .map(([field, other]) =>
      JSON.stringify(JSON.parse(good, (property, old: unknown) => (property === field ? other : old))),
    );
  const body = fc.oneof(
    value.map((each) => JSON.stringify(each)),
    changed,
    fc.nat(good.length).map((length) => good.slice(0, length)),
    fc.uint8Array({ maxLength: 200 }),
    fc.constant(undefined),
  );
  const answer = fc.record({
    status: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(success.status, 401, 404, 422, 429, 503)),
    headers: fc.dictionary(
      fc.constantFrom('content-type', 'retry-after', 'location', 'cf-ray', 'x-request-id', 'content-encoding'),
      fc.oneof(headerText, fc.constantFrom(key, `"${key}"`)),
    ),
    body,
  });
  await fc.assert(
    fc.asyncProperty(answer, async ({ status, headers, body: content }) => {
      const isBodiless = [204, 205, 304].includes(status);
      const fetch = () => Promise.resolve(new Response(isBodiless ? null : (content ?? null), { status, headers }));
      await judge(operation, { fetch });
    }),
    { numRuns: 400 },
  );
});

// Bytes are below the level at which the operation can matter.
it.each(judgedIssueOperations)('rule 5: $name: any bytes give a token or a typed error', async (operation) => {
  const { success } = operation;
  const content = JSON.stringify(success.body);
  const good = Buffer.from(
    `HTTP/1.1 ${String(success.status)} OK\r\ncontent-type: application/json\r\ncontent-length: ${String(content.length)}\r\n\r\n${content}`,
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    // A good answer with a hole, a byte that is wrong, or something in between.
    fc
      .tuple(fc.nat(good.length), fc.nat(good.length), fc.uint8Array({ maxLength: 8 }))
      .map(([start, length, noise]) =>
        Buffer.concat([good.subarray(0, start), noise, good.subarray(start + (length % 4))]),
      ),
  );
  let next = new Uint8Array();
  const server = await startFaultServer(({ socket }) => void socket.end(next));
  await fc.assert(
    fc.asyncProperty(bytes, async (each) => {
      next = each;
      await judge(operation, { baseUrl: server.url });
    }),
    { numRuns: 150 },
  );
  await server.stop();
});
