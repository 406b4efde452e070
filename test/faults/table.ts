import type { CallOptions } from '../../src/index.js';
import type { Ending } from '../support/endings.js';
import type { OperationUnderTest } from '../support/operations.js';
import { subjects } from '../support/subjects/index.js';
import type { Exchange } from './fault-server.js';
import { answerWell, brokenConnections, oddButGood, stalls, strangeBodies } from './network-faults.js';

export interface Fault {
  readonly name: string;
  readonly serve: (exchange: Exchange, elsewhere: string) => void;
  /** Whether the operation's own code decides what comes of it. */
  readonly isReadByOperation?: boolean;
  readonly options?: CallOptions;
  readonly ending: Ending;
  readonly requests: number;
  /** How long the call takes, in milliseconds, beside the work itself. */
  readonly waits?: { readonly from: number; readonly to: number };
}

const noWait = { from: 0, to: 0 };
/** Before the second attempt, half of it at random. */
const firstBackoff = { from: 250, to: 500 };

const endings: Readonly<Record<number, Ending>> = {
  204: { name: 'InvalidResponseError', code: 'invalid_response', status: 204 },
  205: { name: 'InvalidResponseError', code: 'invalid_response', status: 205 },
  300: { name: 'ApiError', code: 'unexpected_status', status: 300 },
  304: { name: 'ApiError', code: 'unexpected_status', status: 304 },
  400: { name: 'ApiError', code: 'bad_request', status: 400 },
  401: { name: 'AuthenticationError', code: 'unauthorized', status: 401 },
  402: { name: 'ApiError', code: 'unexpected_status', status: 402 },
  403: { name: 'PermissionDeniedError', code: 'forbidden', status: 403 },
  404: { name: 'NotFoundError', code: 'not_found', status: 404 },
  408: { name: 'ApiError', code: 'unexpected_status', status: 408 },
  409: { name: 'ApiError', code: 'conflict', status: 409 },
  422: { name: 'ValidationError', code: 'validation_failed', status: 422 },
  429: { name: 'RateLimitError', code: 'rate_limited', status: 429 },
  500: { name: 'ServerError', code: 'server_error', status: 500 },
  502: { name: 'ServerError', code: 'server_error', status: 502 },
  503: { name: 'ServerError', code: 'server_error', status: 503 },
  504: { name: 'ServerError', code: 'server_error', status: 504 },
};
const connectionFailed: Ending = { name: 'ConnectionError', code: 'connection_failed' };
const timedOut: Ending = { name: 'TimeoutError', code: 'timeout' };

function endingOf(status: number): Ending {
  const ending = endings[status];
  if (ending === undefined)
    throw new Error(`No ending is known for ${String(status)}. Add it to \`endings\` in test/faults/table.ts.`);
  return ending;
}

/** The operation that meets every fault. What it shares with the others is the same code. */
const judgedInFull = 'clerk issueToken';

/** What proves one of the rules in CONTRIBUTING.md. */
export interface FaultGroup {
  readonly rule: string;
  readonly faults: readonly Fault[];
}

/**
 * The faults that a server can serve, for one operation: what is the provider's own in full, and of what the transport does
 * for all of them in the same way, all or one of each kind.
 */
export function faultsFor(operation: OperationUnderTest): readonly FaultGroup[] {
  const { provider, name, success, request } = operation;
  const isJudgedInFull = name === judgedInFull;
  const { status } = success;
  const once =
    (serve: (exchange: Exchange) => void): Fault['serve'] =>
    (exchange) => {
      if (exchange.index === 0) serve(exchange);
      else answerWell(exchange, success);
    };
  const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body ?? ''));

  const documentedErrors = Object.entries(subjects[provider].errors).flatMap(([file, answer]): Fault[] => {
    const dressings = {
      'as documented': { 'content-type': 'application/json' },
      'with a charset': { 'content-type': 'application/json; charset=utf-8' },
      'without a content type': {},
      'as HTML': { 'content-type': 'text/html' },
    };
    return Object.entries(dressings)
      .slice(0, isJudgedInFull ? undefined : 1)
      .map(([dressing, headers]) => ({
        name: `${file} ${dressing}`,
        serve: ({ answer: send }) => {
          send(answer.status, headers, text(answer.body));
        },
        options: { retry: 0 },
        ending: operation.endings?.[file] ?? endingOf(answer.status),
        requests: 1,
      }));
  });

  const strange = strangeBodies.flatMap(({ name: what, serve, isReadByOperation = false }): Fault[] =>
    [status, 404, 422, 500].map((each) => ({
      name: `${String(each)} with ${what}`,
      // One failure will do: what a provider makes of a body that says nothing does not depend on the status.
      isReadByOperation: isReadByOperation && (each === status || each === 422),
      serve: (exchange) => {
        serve(exchange, { status: each, body: success.body });
      },
      options: { retry: 0 },
      ending: each === status ? { name: 'InvalidResponseError', code: 'invalid_response', status } : endingOf(each),
      requests: 1,
    })),
  );

  const odd = oddButGood.map(({ name: what, serve, isReadByOperation = false }): Fault => ({
    name: `success with ${what}`,
    isReadByOperation,
    serve: (exchange) => {
      serve(exchange, success);
    },
    ending: 'success',
    requests: 1,
  }));

  const bodiless = [204, 205, 300, 304].map((each): Fault => ({
    name: `${String(each)} with no body`,
    serve: ({ answer }) => {
      answer(each, {}, '');
    },
    ending: endingOf(each),
    requests: 1,
  }));

  const gatewayAnswers = [
    ['a page', '<!DOCTYPE html>\n<title>404 Not Found</title>', 'account'],
    ['a page without a doctype', ' <h1>Not Found</h1>', 'account'],
    ['the words of a framework', '{"detail":"Not Found"}', 'account'],
    ['more than those words', '{"detail":"Not Found","errors":[]}', 'user'],
    ['words', 'Not Found', 'user'],
    ['no body', '', 'user'],
  ] as const;
  const gateways = gatewayAnswers.map(([what, body, scope]): Fault => ({
    name: `404 of a gateway, with ${what}`,
    serve: ({ answer }) => {
      answer(404, {}, body);
    },
    ending: { name: 'NotFoundError', code: 'not_found', status: 404, scope },
    requests: 1,
  }));

  const redirects = [301, 302, 303, 307, 308].flatMap((each): Fault[] => {
    const places: Record<string, (exchange: Exchange, elsewhere: string) => string> = {
      'another origin': (_, elsewhere) => `${elsewhere}/stolen`,
      'its own origin': () => '/elsewhere',
      'itself, in a loop': ({ path }) => path,
      nowhere: () => 'http://[',
    };
    return Object.entries(places).map(([place, locate]) => ({
      name: `${String(each)} to ${place}`,
      serve: (exchange, elsewhere) => {
        exchange.answer(each, { location: locate(exchange, elsewhere) }, 'Moved');
      },
      ending: { name: 'ApiError', code: 'unexpected_status', status: each },
      requests: 1,
    }));
  });

  const broken = brokenConnections.flatMap(({ name: what, serve }): Fault[] => [
    {
      name: `${what}, once`,
      serve: once((exchange) => {
        serve(exchange, success);
      }),
      ending: 'success',
      requests: 2,
      waits: firstBackoff,
    },
    {
      name: `${what}, for ever`,
      serve: (exchange) => {
        serve(exchange, success);
      },
      options: { retry: 1 },
      ending: connectionFailed,
      requests: 2,
      waits: firstBackoff,
    },
  ]);

  const brokenFailures = brokenConnections
    .filter(({ name: what }) => /within the body|chunk|compression/.test(what))
    .map(({ name: what, serve }): Fault => ({
      name: `404 with ${what}`,
      serve: (exchange) => {
        serve(exchange, { status: 404, body: {} });
      },
      ending: endingOf(404),
      requests: 1,
    }));

  const stalled = stalls.flatMap(({ name: what, serve }): Fault[] => [
    {
      name: `${what}, once`,
      serve: once((exchange) => {
        serve(exchange, success);
      }),
      options: { attemptTimeout: 3_000 },
      ending: 'success',
      requests: 2,
      waits: { from: 3_000 + firstBackoff.from, to: 3_000 + firstBackoff.to },
    },
    {
      name: `${what}, for ever, until the attempts are used up`,
      serve: (exchange) => {
        serve(exchange, success);
      },
      options: { attemptTimeout: 800, retry: 1 },
      ending: timedOut,
      requests: 2,
      waits: { from: 1_600 + firstBackoff.from, to: 1_600 + firstBackoff.to },
    },
    {
      name: `${what}, for ever, until the time is`,
      serve: (exchange) => {
        serve(exchange, success);
      },
      options: { timeout: 800 },
      ending: timedOut,
      requests: 1,
      waits: { from: 800, to: 800 },
    },
  ]);

  const stalledFailures = stalls
    .filter(({ name: what }) => what.includes('body'))
    .map(({ name: what, serve }): Fault => ({
      name: `404 with ${what}, for ever`,
      serve: (exchange) => {
        serve(exchange, { status: 404, body: {} });
      },
      options: { timeout: 800 },
      ending: endingOf(404),
      requests: 1,
      waits: { from: 800, to: 800 },
    }));

  const failing = [408, 429, 500, 502, 503, 504].flatMap((each): Fault[] => [
    {
      name: `${String(each)}, once`,
      serve: once(({ answer }) => {
        answer(each, {}, '{}');
      }),
      ending: 'success',
      requests: 2,
      waits: firstBackoff,
    },
    {
      name: `${String(each)}, for ever`,
      serve: ({ answer }) => {
        answer(each, {}, '{}');
      },
      options: { retry: 1 },
      ending: endingOf(each),
      requests: 2,
      waits: firstBackoff,
    },
  ]);

  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
  const byClock = (wrongBy: number, seconds: number) =>
    `${inSeconds(wrongBy + seconds)}\r\ndate: ${inSeconds(wrongBy)}`;
  const askedToWait = [429, 503].flatMap((each): Fault[] => {
    const failure = endingOf(each) as Exclude<Ending, 'success'>;
    const values: readonly (readonly [string, () => string, Partial<Fault>])[] = [
      ['0', () => '0', { waits: noWait }],
      ['1', () => '1', { waits: { from: 1000, to: 1000 } }],
      ['9 where less time is left', () => '9', { ending: { ...failure, retryAfter: 9 }, requests: 1, waits: noWait }],
      ['86400', () => '86400', { ending: { ...failure, retryAfter: 86_400 }, requests: 1, waits: noWait }],
      ['-1', () => '-1', { waits: firstBackoff }],
      ['junk', () => 'soon', { waits: firstBackoff }],
      ['a date in the past', () => inSeconds(-60), { waits: noWait }],
      // A date has whole seconds only.
      ['a date in the future', () => inSeconds(2), { waits: { from: 900, to: 2000 } }],
      ['1, twice', () => '1\r\nretry-after: 1', { waits: { from: 1000, to: 1000 } }],
      ['0 and 1', () => '0\r\nretry-after: 1', { waits: { from: 1000, to: 1000 } }],
      // A clock of the server's that is wrong by an hour.
      ['a date by a slow clock', () => byClock(-3_600, 2), { waits: { from: 1000, to: 2000 } }],
      ['a date by a fast clock', () => byClock(3_600, 2), { waits: { from: 1000, to: 2000 } }],
      ['a date that is far', () => inSeconds(3600), { ending: failure, requests: 1, waits: noWait }],
    ];
    return values.map(([value, write, expected]) => ({
      name: `${String(each)} with Retry-After ${value}`,
      serve: once(({ answer }) => {
        answer(each, { 'retry-after': write() }, '{}');
      }),
      options: { timeout: 8_000 },
      ending: 'success',
      requests: 2,
      ...expected,
    }));
  });

  const wrong = operation.wrongContents.map(([what, path, value, ending]): Fault => ({
    name: `success with ${what}`,
    serve: (exchange) => {
      const body = structuredClone(success.body);
      setAt(body, path, value);
      answerWell(exchange, { status, body });
    },
    ending,
    requests: 1,
  }));

  const some = (...kinds: readonly (readonly Fault[])[]) =>
    kinds.flatMap((kind) => kind.filter((fault, index) => isJudgedInFull || index === 0 || fault.isReadByOperation));
  return [
    // Some redirects make another method of a method.
    { rule: 'rule 1: no redirects', faults: request.method === 'GET' ? redirects : some(redirects) },
    { rule: 'rule 3: one deadline', faults: some(stalled, stalledFailures) },
    { rule: 'rule 4: repeats what may pass', faults: some(broken, failing, askedToWait) },
    {
      rule: 'rule 5: any answer is understood',
      faults: [...documentedErrors, ...wrong, ...some(strange, odd, bodiless, brokenFailures, gateways)],
    },
  ];
}

/** Sets the value at a path such as `data.0.token`; `undefined` is not sent at all. */
function setAt(body: unknown, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const owner = names.reduce((each, name) => (each as Record<string, unknown>)[name], body);
  (owner as Record<string, unknown>)[last] = value;
}
