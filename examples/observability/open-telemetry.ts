import { type Meter, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { AttemptEvent, CallEvent, OutcomeEvent, TokenwrightEvent } from 'tokenwright';

/** A listener for `onEvent`: one span per call under the caller's span, with attempts as events, and two metrics. */
export function createTelemetry(tracer: Tracer, meter: Meter) {
  const duration = meter.createHistogram('tokenwright.call.duration', { unit: 's' });
  const users = meter.createCounter('tokenwright.users');
  const attemptsOf = new Map<string, AttemptEvent[]>();

  return function onEvent(event: TokenwrightEvent): void {
    if (event.type === 'attempt') attemptsOf.set(event.callId, [...(attemptsOf.get(event.callId) ?? []), event]);
    if (event.type === 'outcome') users.add(1, describe(event));
    if (event.type !== 'call') return;
    const { provider, operation, result, status, startedAt, durationMilliseconds } = event;
    // In bulk count outcomes instead: a rejected batch is sent again in halves.
    if (event.bulkId === undefined) users.add(event.users, describe(event));
    const about = { ...describe(event), ...(status === undefined ? {} : { 'http.response.status_code': status }) };
    duration.record(durationMilliseconds / 1000, about);
    const attempts = attemptsOf.get(event.callId) ?? [];
    attemptsOf.delete(event.callId);
    // Not the call's `attempts`: they include the first attempts of several requests.
    const resent = attempts.filter(({ retryInMilliseconds }) => retryInMilliseconds !== undefined).length;
    // This runs in the context of the call, so the span's parent is the caller's span.
    const span = tracer.startSpan(`${provider} ${operation}`, { kind: SpanKind.CLIENT, startTime: startedAt });
    span.setAttributes({ ...about, 'http.request.resend_count': resent });
    for (const attempt of attempts) {
      const facts = { attempt: attempt.attempt, result: attempt.result, status: attempt.status ?? 0 };
      span.addEvent('attempt', facts, attempt.startedAt + attempt.durationMilliseconds);
    }
    if (result !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: result });
    span.end(startedAt + durationMilliseconds);
  };
}

function describe({ provider, operation, result }: CallEvent | OutcomeEvent) {
  const about = { 'tokenwright.provider': provider, 'tokenwright.operation': operation };
  return result === 'ok' ? about : { ...about, 'error.type': result };
}
