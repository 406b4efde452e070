import * as z from 'zod/mini';
import type { ErrorIssue } from '../../errors.js';
import type { FailureDescription } from '../../http/failure.js';
import type { Dialect } from '../../http/request.js';
import { type ClerkErrorItem, errorBody, tracedBody } from './wire.js';

/** The scope and the hint for codes of Clerk that are more exact than the status. */
const meanings: Readonly<Record<string, Pick<FailureDescription, 'scope' | 'hint'>>> = {
  user_banned: { scope: 'user', hint: 'The user is banned in Clerk: lift the ban, or do not issue a token.' },
  user_deactivated: {
    scope: 'user',
    hint: 'The user is deactivated in Clerk: activate the user, or do not issue a token.',
  },
  not_a_member_in_organization: { scope: 'user', hint: 'Add the user to the organization, or leave out `orgId`.' },
  organization_not_found_or_unauthorized: {
    scope: 'account',
    hint: 'This is about the organization, not the user: check that `orgId` belongs to the instance of this key.',
  },
};

export function createDialect(apiVersion: string): Dialect {
  return {
    headers: { 'clerk-api-version': apiVersion },
    documentedNames: ['errors', 'message', 'long_message', 'code', 'meta', 'param_name', 'clerk_trace_id'],
    readRequestId(header, body) {
      const { data } = z.safeParse(tracedBody(), body);
      return header('x-clerk-trace-id') ?? data?.clerk_trace_id ?? header('cf-ray');
    },
    describeFailure(body, status, operation) {
      const { data: details } = z.safeParse(errorBody(), body);
      if (details === undefined) return {};
      const [first] = details.errors;
      const isNotPending = first?.code === 'sign_in_token_cannot_be_revoked_code';
      return {
        providerCode: first?.code,
        providerMessage: first?.long_message ?? first?.message,
        issues: details.errors.map(toIssue),
        details,
        ...(first && findMeaning(first, status)),
        code: isNotPending && status === 400 && operation === 'revokeToken' ? 'token_not_pending' : undefined,
      };
    },
  };
}

function findMeaning({ code, message, long_message: longMessage }: ClerkErrorItem, status: number) {
  if (status !== 403 && status !== 404) return undefined;
  // Clerk uses the same code for unknown users and tokens.
  const isOrganization = code === 'resource_not_found' && /^given organization/i.test(longMessage ?? message);
  const name = isOrganization ? 'organization_not_found_or_unauthorized' : code;
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}

function toIssue({ code, message, long_message: longMessage, meta }: ClerkErrorItem): ErrorIssue {
  const parameter = meta?.['param_name'];
  return { path: typeof parameter === 'string' ? [parameter] : [], code, message: longMessage ?? message };
}
