import type { FakeAnswer, FakeIncoming } from '../../fakes/definition.js';
import { parseJson } from '../../fakes/json.js';
import { hasContentType } from '../../fakes/request.js';

/** One entry of a 422, in the form and the words of Pydantic, with which Junction checks requests. */
export interface Issue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: { readonly error: string };
}

export function unprocessable(...issues: readonly Issue[]): FakeAnswer {
  return { status: 422, body: { detail: issues } };
}

/** The fields of a JSON body, or the answer to a body that is not a JSON object. */
export function readFields({
  text,
  headers,
}: FakeIncoming): { fields: Record<string, unknown> } | { answer: FakeAnswer } {
  const isJson = hasContentType(headers, 'application/json');
  const parsed = parseJson(text);
  if (isJson && parsed === undefined) {
    return { answer: unprocessable({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }) };
  }
  if (!isJson || typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    return { answer: unprocessable({ type: 'model_attributes_type', loc: ['body'], msg, input: text }) };
  }
  return { fields: { ...parsed } };
}

/** What is wrong with a UUID. */
export function findUuidIssue(text: string, loc: Issue['loc']): Issue | undefined {
  const error = findUuidProblem(text);
  if (error === undefined) return undefined;
  return { type: 'uuid_parsing', loc, msg: `Input should be a valid UUID, ${error}`, input: text, ctx: { error } };
}

function findUuidProblem(text: string): string | undefined {
  const wrong = /[^0-9a-f-]/iu.exec(text);
  if (wrong !== null) return `invalid character: found \`${wrong[0]}\` at ${String(wrong.index + 1)}`;
  const groups = text.split('-');
  if (groups.length === 1) {
    if (text.length === 32) return undefined;
    return `invalid length: expected length 32 for simple format, found ${String(text.length)}`;
  }
  if (groups.length !== 5) return `invalid group count: expected 5, found ${String(groups.length)}`;
  for (const [index, length] of [8, 4, 4, 4, 12].entries()) {
    const found = groups[index]?.length ?? 0;
    if (found === length) continue;
    return `invalid group length in group ${String(index)}: expected ${String(length)}, found ${String(found)}`;
  }
  return undefined;
}

/** Returns a UUID with hyphens and in lower case. */
export function toCanonicalUuid(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('-', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What is wrong with a field that holds text. */
export function findTextIssue(value: unknown, loc: Issue['loc']): Issue | undefined {
  if (typeof value === 'string') return undefined;
  return { type: 'string_type', loc, msg: 'Input should be a valid string', input: value };
}

/** What is wrong with a field that holds a date and may be null. */
export function findDateIssue(value: unknown, loc: Issue['loc']): Issue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') {
    const msg = 'Datetimes provided to dates should have zero time - e.g. be exact dates';
    return { type: 'date_from_datetime_inexact', loc, msg, input: value };
  }
  if (typeof value !== 'string') return { type: 'date_type', loc, msg: 'Input should be a valid date', input: value };
  const error = findDateProblem(value);
  if (error === undefined) return undefined;
  const msg = `Input should be a valid date or datetime, ${error}`;
  return { type: 'date_from_datetime_parsing', loc, msg, input: value, ctx: { error } };
}

/** The fake requires `YYYY-MM-DD`, as documented. Pydantic by itself also takes a datetime at midnight. */
function findDateProblem(text: string): string | undefined {
  if (text.length < 10) return 'input is too short';
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return 'invalid character in year';
  if (Number(month) < 1 || Number(month) > 12) return 'month value is outside expected range of 1-12';
  const daysOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) >= 1 && Number(day) <= daysOfMonth ? undefined : 'day value is outside expected range';
}

/** What is wrong with a field that holds a time zone and may be null. The message is the fake's own. */
export function findTimeZoneIssue(value: unknown, loc: Issue['loc']): Issue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return findTextIssue(value, loc);
  if (isTimeZone(value)) return undefined;
  return { type: 'value_error', loc, msg: `Value error, ${value} is not a valid IANA time zone`, input: value };
}

/** Whether a text is a name of the IANA database, in its exact case. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // `Intl` also accepts names in any case, and offsets.
    return /^[A-Z]/.test(name) && (timeZone === name || timeZone.toLowerCase() !== name.toLowerCase());
  } catch {
    return false;
  }
}

/** Reads a whole number, 0 or more, from a query; `undefined` if the text is not one. */
export function readCount(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export function toCountIssue(name: string, input: string | null): Issue {
  const msg = 'Input should be a valid integer, unable to parse string as an integer';
  return { type: 'int_parsing', loc: ['query', name], msg, input };
}
