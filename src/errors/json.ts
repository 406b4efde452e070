import {
  ConfigurationError,
  ConnectionError,
  CredentialError,
  type ErrorCode,
  type ErrorIssue,
  type ErrorScope,
  InvalidInputError,
  InvalidResponseError,
  LimiterError,
  type Operation,
  TimeoutError,
  type TokenwrightError,
} from '../errors.js';
import { createApiError } from './api-error.js';
import { scopes } from './codes.js';
import type { KnownError } from './known.js';

/** The fields of an error that go into JSON. Not `details`, which can have any form. */
const keptNames = [
  ...['name', 'message', 'code', 'provider', 'operation', 'retryable', 'scope', 'status', 'requestId'],
  ...['providerCode', 'providerMessage', 'issues', 'retryAfter', 'timeout'],
];
/** The most issues that are restored, and the most steps of the path of one. */
const maxIssues = 50;

const operationNames: Readonly<Record<Operation, true>> = {
  createClient: true,
  issueToken: true,
  issueTokens: true,
  revokeToken: true,
  createUser: true,
  resolveUser: true,
};

/** Turns an error into plain data, without its stack, its cause and its details. */
export function errorToPlain(error: TokenwrightError): Record<string, unknown> {
  const fields = Object.entries(error.toJSON()) as [string, unknown][];
  return Object.fromEntries(fields.filter(([name, value]) => keptNames.includes(name) && value !== undefined));
}

/**
 * Restores an error from JSON that {@link outcomeToJSON} or `JSON.stringify` made. It has its class again: `instanceof` and
 * {@link isTokenwrightError} recognize it. Its stack is new; its cause and its `details` are not restored.
 *
 * @param value - The parsed JSON, not its text: `JSON.parse(JSON.stringify(error))`.
 * @returns `undefined` if the value is not such an error.
 */
export function errorFromJSON(value: unknown): KnownError | undefined {
  const read = readerOf(value);
  const code = read('code', (each): each is ErrorCode => isText(each) && Object.hasOwn(scopes, each));
  const message = read('message', isText);
  const operation = read('operation', (each): each is Operation => isText(each) && Object.hasOwn(operationNames, each));
  const retryable = read('retryable', (each) => typeof each === 'boolean');
  const scope = read('scope', isScope);
  if (code === undefined || message === undefined || operation === undefined) return undefined;
  if (retryable === undefined || scope === undefined) return undefined;
  const fields = { message, provider: read('provider', isText), operation, retryable, scope };
  return restore(code, fields, read) as KnownError | undefined;
}

type Read = ReturnType<typeof readerOf>;

/** Reads own properties of an object; a property of another form counts as missing. */
function readerOf(value: unknown) {
  const entries = typeof value === 'object' && value !== null ? value : {};
  return <T>(name: string, accepts: (each: unknown) => each is T): T | undefined => {
    const each: unknown = Object.getOwnPropertyDescriptor(entries, name)?.value;
    return accepts(each) ? each : undefined;
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isScope = (value: unknown): value is ErrorScope => ['user', 'account', 'service'].includes(value as string);

type CommonFields = Pick<TokenwrightError, 'message' | 'provider' | 'operation' | 'retryable' | 'scope'>;

function restore(code: ErrorCode, fields: CommonFields, read: Read): TokenwrightError | undefined {
  const status = read('status', isNumber);
  const requestId = read('requestId', isText);
  const retryAfter = read('retryAfter', isNumber);
  const timeout = read('timeout', isNumber);
  switch (code) {
    case 'missing_api_key':
    case 'invalid_api_key':
    case 'environment_mismatch':
    case 'invalid_option':
      return new ConfigurationError({ ...fields, code });
    case 'api_key_unavailable':
      return new CredentialError({ ...fields, code });
    case 'limit_reached':
    case 'limiter_failed':
      return new LimiterError({ ...fields, code, retryAfter });
    case 'invalid_user_id':
    case 'invalid_token_id':
      return new InvalidInputError({ ...fields, code });
    case 'connection_failed':
      return new ConnectionError({ ...fields, code });
    case 'timeout':
      return timeout === undefined ? undefined : new TimeoutError({ ...fields, code, timeout });
    case 'invalid_response':
    case 'not_issued':
      return status === undefined ? undefined : new InvalidResponseError({ ...fields, code, status, requestId });
    default: {
      const { provider } = fields;
      if (status === undefined || provider === undefined) return undefined;
      const providerCode = read('providerCode', isText);
      const providerMessage = read('providerMessage', isText);
      const issues = read('issues', Array.isArray)?.slice(0, maxIssues).flatMap(toIssue);
      return createApiError(code, {
        ...fields,
        provider,
        status,
        requestId,
        retryAfter,
        providerCode,
        providerMessage,
        issues,
      });
    }
  }
}

function toIssue(value: unknown): ErrorIssue[] {
  const read = readerOf(value);
  const message = read('message', isText);
  if (message === undefined) return [];
  const steps: unknown[] = read('path', Array.isArray)?.slice(0, maxIssues) ?? [];
  return [{ path: steps.filter((step) => isText(step) || isNumber(step)), code: read('code', isText), message }];
}
