import { gzipSync } from 'node:zlib';
import { type Exchange, toHead } from './fault-server.js';

/** The good answer of the call under test. */
export interface GoodAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a network, a proxy or a broken server does, whatever the provider. */
export interface NetworkFault {
  readonly name: string;
  readonly serve: (exchange: Exchange, good: GoodAnswer) => void;
  /** Whether it reaches what an operation reads by itself, and so has to be tried for each of them. */
  readonly isReadByOperation?: true;
}

const json = { 'content-type': 'application/json' };

export function answerWell({ answer }: Exchange, { status, body }: GoodAnswer): void {
  answer(status, json, JSON.stringify(body));
}

/** A body that begins and has no end. */
function pour({ socket, begin }: Exchange, status: number): void {
  begin(status, { ...json, 'transfer-encoding': 'chunked' });
  const content = 'x'.repeat(65_536);
  const chunk = `${content.length.toString(16)}\r\n${content}\r\n`;
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    socket.once('drain', more);
  };
  more();
}

function drip({ socket, begin }: Exchange, status: number): void {
  begin(status, { ...json, 'transfer-encoding': 'chunked' });
  const timer = setInterval(() => socket.write('1\r\n \r\n'), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

/** Silence and broken connections. A call that meets one has no answer. */
export const brokenConnections: readonly NetworkFault[] = [
  { name: 'a reset before the headers', serve: ({ socket }) => void socket.resetAndDestroy() },
  { name: 'a close before the headers', serve: ({ socket }) => void socket.end() },
  { name: 'a close within the headers', serve: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-ty') },
  { name: 'no HTTP at all', serve: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n') },
  {
    name: 'an upgrade that nobody asked for',
    serve: ({ socket }) =>
      void socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: made-up\r\nconnection: upgrade\r\n\r\n'),
  },
  {
    name: 'a reset within the body',
    serve({ socket, begin }, { status }) {
      begin(status, { ...json, 'content-length': '1000' });
      socket.write('{"partial":');
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
  },
  {
    name: 'a close within the body',
    serve({ socket, begin }, { status }) {
      begin(status, { ...json, 'content-length': '1000' });
      socket.end('{"partial":');
    },
  },
  {
    name: 'a close within a chunk',
    serve({ socket, begin }, { status }) {
      begin(status, { ...json, 'transfer-encoding': 'chunked' });
      socket.end('ff\r\n{"partial":');
    },
  },
  {
    name: 'a broken chunk',
    serve({ socket, begin }, { status }) {
      begin(status, { ...json, 'transfer-encoding': 'chunked' });
      socket.end('zz\r\n{}\r\n0\r\n\r\n');
    },
  },
  {
    name: 'a broken compression',
    serve({ socket, answer }, { status, body }) {
      const compressed = gzipSync(JSON.stringify(body));
      // In one piece with the headers: if it breaks while it is read, Node.js 20 waits until the attempt's time is up.
      socket.cork();
      answer(status, { ...json, 'content-encoding': 'gzip' }, Buffer.concat([compressed.subarray(0, 12), compressed]));
      socket.uncork();
    },
  },
];

/** What goes on without an end, or not at all. */
export const stalls: readonly NetworkFault[] = [
  { name: 'no headers', serve: () => undefined },
  { name: 'half of the headers', serve: ({ socket }, { status }) => void socket.write(`HTTP/1.1 ${String(status)} O`) },
  {
    name: 'headers and no body',
    serve: ({ begin }, { status }) => {
      begin(status, { ...json, 'content-length': '1000' });
    },
  },
  {
    name: 'half of the body',
    serve({ socket, begin }, { status }) {
      begin(status, { ...json, 'content-length': '1000' });
      socket.write('{"partial":');
    },
  },
  {
    name: 'a dripping body',
    serve: (exchange, { status }) => {
      drip(exchange, status);
    },
  },
];

const tenMegabytesOfSpace = gzipSync(' '.repeat(10_000_000));

const textBodies = (texts: Readonly<Record<string, string>>): readonly NetworkFault[] =>
  Object.entries(texts).map(([name, text]) => ({
    name,
    serve: ({ answer }, { status }) => {
      answer(status, json, text);
    },
  }));

/** Bodies that are no answer of any provider. */
export const strangeBodies: readonly (NetworkFault & { readonly isEndless?: boolean })[] = [
  ...textBodies({
    'a page of HTML': '<!doctype html><html><body>Not here</body></html>',
    nothing: '',
    'white space': ' \n ',
    'broken JSON': '{"data": {"token": "unfini',
    'two JSON texts': '{}{}',
    'deep JSON': '['.repeat(100_000) + ']'.repeat(100_000),
  }),
  ...textBodies({
    null: 'null',
    'a string': '"text"',
    'a number': '7',
    'a list': '[]',
    'an object of nothing': '{}',
    'a __proto__ alone': '{"__proto__":{"token":"x","data":{"token":"x"}}}',
  }).map((fault) => ({ ...fault, isReadByOperation: true as const })),
  {
    name: 'invalid UTF-8',
    serve: ({ answer }, { status }) => {
      answer(status, json, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22]));
    },
  },
  {
    name: '10 MB',
    serve: ({ answer }, { status, body }) => {
      answer(status, json, JSON.stringify(body) + ' '.repeat(10_000_000));
    },
  },
  {
    name: '10 MB that come as 10 kB',
    serve: ({ answer }, { status, body }) => {
      const bomb = Buffer.concat([gzipSync(JSON.stringify(body)), tenMegabytesOfSpace]);
      answer(status, { ...json, 'content-encoding': 'gzip' }, bomb);
    },
  },
  {
    name: 'no end',
    isEndless: true,
    serve: (exchange, { status }) => {
      pour(exchange, status);
    },
  },
];

/** Good answers in odd clothes. */
export const oddButGood: readonly NetworkFault[] = [
  ...['application/json; charset=utf-8', 'text/html', 'application/octet-stream', 'nonsense'].map(
    (type): NetworkFault => ({
      name: `the content type ${type}`,
      serve: ({ answer }, { status, body }) => {
        answer(status, { 'content-type': type }, JSON.stringify(body));
      },
    }),
  ),
  {
    name: 'no content type',
    serve: ({ answer }, { status, body }) => {
      answer(status, {}, JSON.stringify(body));
    },
  },
  {
    name: 'a byte order mark',
    serve: ({ answer }, { status, body }) => {
      answer(status, json, `\ufeff${JSON.stringify(body)}`);
    },
  },
  {
    name: 'a __proto__ beside the rest',
    isReadByOperation: true,
    serve: ({ answer }, { status, body }) => {
      answer(status, json, JSON.stringify(body).replace('{', '{"__proto__":{"polluted":true},'));
    },
  },
  {
    name: 'a field that is new',
    isReadByOperation: true,
    serve: ({ answer }, { status, body }) => {
      answer(status, json, JSON.stringify({ ...(body as object), brand_new: { field: 1 } }));
    },
  },
  {
    name: 'invalid UTF-8 where nobody looks',
    serve({ answer }, { status, body }) {
      const [start = '', end = ''] = JSON.stringify({ note: '|', ...(body as object) }).split('|');
      answer(status, json, Buffer.concat([Buffer.from(start), Buffer.from([0xff, 0xfe]), Buffer.from(end)]));
    },
  },
  {
    name: 'a compressed body',
    serve: ({ answer }, { status, body }) => {
      answer(status, { ...json, 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(body)));
    },
  },
  {
    name: 'a body in single bytes',
    serve({ socket, begin }, { status, body }) {
      const content = Buffer.from(JSON.stringify(body));
      socket.setNoDelay(true);
      begin(status, { ...json, 'content-length': String(content.length), connection: 'close' });
      let sent = 0;
      const next = () => {
        if (sent === content.length) socket.end();
        else socket.write(content.subarray(sent, ++sent), () => setImmediate(next));
      };
      next();
    },
  },
  {
    name: 'early hints before it',
    serve(exchange, good) {
      exchange.socket.write(toHead(103, { link: '</style.css>; rel=preload' }));
      answerWell(exchange, good);
    },
  },
];
