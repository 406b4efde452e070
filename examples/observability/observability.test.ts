import { readFile } from 'node:fs/promises';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { createClerk, createJunction, createSfox } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { startFakeServer } from 'tokenwright/testing/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, logEvents } from './logging.js';
import { createTelemetry } from './open-telemetry.js';

const userId = '8d2f9f7e-0b8b-4c1d-9a43-2f60a4c7d001';
const apiKey = 'sk_test_made-up-observed';
beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => {
  context.disable();
});

test('OpenTelemetry: a client span below the caller’s, attempts as its events, a histogram and a counter', async () => {
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('test');
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const meters = new MeterProvider({ readers: [reader] });
  const fakes = createFakeProviders();
  const onEvent = createTelemetry(tracer, meters.getMeter('test'));
  const clerk = createClerk({ apiKey, fetch: fakes.fetch, onEvent });

  const caller = tracer.startSpan('caller');
  const tokens = await context.with(trace.setSpan(context.active(), caller), async () => {
    fakes.clerk.failNext({ status: 503, retryAfter: 0 });
    const token = await clerk.issueToken('user_1');
    fakes.clerk.failNext({ status: 404 });
    await clerk.issueToken('user_2').catch(() => undefined);
    await clerk.issueTokens(['user_3', 'user_4']);
    return [token];
  });
  caller.end();
  await reader.forceFlush();

  const calls = spans.getFinishedSpans().filter(({ name }) => name === 'clerk issueToken');
  expect(calls).toHaveLength(4);
  for (const { kind, parentSpanContext } of calls) {
    expect(kind).toBe(SpanKind.CLIENT);
    expect(parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
  }
  const [repeated, refused] = calls;
  expect(repeated?.attributes).toMatchObject({ 'http.response.status_code': 200, 'http.request.resend_count': 1 });
  expect(repeated?.attributes).not.toHaveProperty('error.type');
  expect(repeated?.events.map(({ attributes }) => attributes?.['status'])).toEqual([503, 200]);
  expect(refused?.attributes).toMatchObject({ 'http.response.status_code': 404, 'error.type': 'not_found' });
  const recorded = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics));
  expect(recorded.map(({ descriptor }) => descriptor.name)).toEqual(['tokenwright.call.duration', 'tokenwright.users']);
  expect(recorded[1]?.dataPoints.reduce((sum, { value }) => sum + Number(value), 0)).toBe(4);

  const facts = calls.map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  const shown = JSON.stringify([facts, recorded.map(({ dataPoints }) => dataPoints)]);
  expect(shown).toContain('issueToken');
  for (const secret of [apiKey, 'user_', ...tokens.map(({ token }) => token)]) expect(shown).not.toContain(secret);
  await meters.shutdown();
});

test('OpenTelemetry: a user of a divided batch counts once, and the requests of one call are not repetitions', async () => {
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('test');
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: metrics })],
  });
  const known = Array.from({ length: 99 }, (_, index) => `user-${String(index)}`);
  const fakes = createFakeProviders({ users: { sfox: known } });
  const onEvent = createTelemetry(tracer, meters.getMeter('test'));
  const sfox = createSfox({ apiKey: 'made-up-observed', environment: 'sandbox', fetch: fakes.fetch, onEvent });
  await sfox.issueTokens([...known, 'nobody']);
  await meters.forceFlush();
  const recorded = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics));
  const users = recorded.find(({ descriptor }) => descriptor.name === 'tokenwright.users')?.dataPoints ?? [];
  expect(users.map(({ attributes, value }) => [attributes['error.type'] ?? 'ok', value])).toEqual(
    expect.arrayContaining([
      ['ok', 99],
      ['not_found', 1],
    ]),
  );
  expect(users).toHaveLength(2);
  await meters.shutdown();

  spans.reset();
  const junction = createJunction({ apiKey: 'sk_eu_made-up-observed', fetch: fakes.fetch, onEvent });
  await junction.issueTokenForClient('my-user-1');
  const [call] = spans.getFinishedSpans();
  expect(call?.events).toHaveLength(3);
  expect(call?.attributes).toMatchObject({ 'http.request.resend_count': 0 });
});

test('pino: events as they are, and a token that is logged is redacted', async () => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line) });
  const fakes = createFakeProviders();
  const clerk = createClerk({ apiKey, fetch: fakes.fetch, onEvent: logEvents(logger) });
  const token = await clerk.issueToken('user_1');
  fakes.clerk.failNext({ status: 404 });
  await clerk.issueToken('user_2').catch(() => undefined);
  const entries = lines.map((line) => JSON.parse(line) as { readonly level: number });
  expect(entries).toMatchObject([
    { level: 30, type: 'attempt', result: 'ok' },
    { level: 30, type: 'call', result: 'ok' },
    { level: 40, type: 'attempt', result: 'not_found' },
    { level: 40, type: 'call', result: 'not_found', status: 404 },
  ]);
  for (const secret of [apiKey, token.token, 'user_']) expect(lines.join('')).not.toContain(secret);
  logger.info({ token });
  expect(lines.at(-1)).toContain('[Redacted]');
  for (const secret of [token.token, token.url ?? '']) expect(lines.at(-1)).not.toContain(secret);
});

test.each([true, false])('the instrumentation of undici records whose token it is; left out: %s', async (isLeftOut) => {
  const spans = new InMemorySpanExporter();
  const server = await startFakeServer();
  const instrumentation = new UndiciInstrumentation({
    ignoreRequestHook: ({ origin }) => isLeftOut && origin === new URL(server.url).origin,
  });
  instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
  const junction = createJunction({ apiKey: 'sk_eu_made-up-observed', baseUrl: server.url + '/junction' });
  await junction.issueToken(userId);
  instrumentation.disable();
  await server.close();
  const urls = spans.getFinishedSpans().map(({ attributes }) => attributes['url.full']);
  expect(urls).toEqual(isLeftOut ? [] : [expect.stringContaining(userId)]);
});

test('the page of the documentation shows these files', async () => {
  const page = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  for (const file of ['open-telemetry.ts', 'logging.ts'])
    expect(page).toContain(`\`\`\`ts\n${await readFile(new URL(file, import.meta.url), 'utf8')}\`\`\`\n`);
});
