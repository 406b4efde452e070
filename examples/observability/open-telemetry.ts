import { type Meter, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { AttemptEvent, TokenwrightEvent } from 'tokenwright';

/** A listener for `onEvent`: a span for each call below the caller's, its attempts as events, and two metrics. */
export function createTelemetry(tracer: Tracer, meter: Meter) {
  const duration = meter.createHistogram('tokenwright.call.duration', { unit: 's' });
  const outcomes = meter.createCounter('tokenwright.users');
  const attemptsOf = new Map<string, AttemptEvent[]>();

  return function onEvent(event: TokenwrightEvent): void {
    if (event.type === 'attempt') attemptsOf.set(event.callId, [...(attemptsOf.get(event.callId) ?? []), event]);
    if (event.type !== 'call') return;
    const { provider, operation, result, status, users, attempts, startedAt, durationMilliseconds } = event;
    const about = {
      'tokenwright.provider': provider,
      'tokenwright.operation': operation,
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      ...(result === 'ok' ? {} : { 'error.type': result }),
    };
    duration.record(durationMilliseconds / 1000, about);
    outcomes.add(users, about);
    // Called in the context of the call: the span is below the caller's.
    const span = tracer.startSpan(`${provider} ${operation}`, { kind: SpanKind.CLIENT, startTime: startedAt });
    span.setAttributes({ ...about, 'http.request.resend_count': Math.max(0, attempts - 1) });
    for (const attempt of attemptsOf.get(event.callId) ?? []) {
      const facts = { attempt: attempt.attempt, result: attempt.result, status: attempt.status ?? 0 };
      span.addEvent('attempt', facts, attempt.startedAt + attempt.durationMilliseconds);
    }
    attemptsOf.delete(event.callId);
    if (result !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: result });
    span.end(startedAt + durationMilliseconds);
  };
}
