import type { FakeAnswer } from '../../fakes/definition.js';
import type { FakeRandom } from '../../fakes/random.js';

/** One entry of Clerk's `errors`. */
interface ErrorItem {
  readonly code: string;
  readonly message: string;
  /** @default the message */
  readonly long?: string;
  /** The name of the parameter that is wrong. */
  readonly parameter?: string;
}

export type ClerkRefusals = ReturnType<typeof createRefusals>;

/** Clerk's errors, in the codes and words of its documentation. */
export function createRefusals(random: FakeRandom) {
  function refuse(status: number, { code, message, long = message, parameter }: ErrorItem): FakeAnswer {
    const trace = random.hex(32);
    const meta = parameter === undefined ? {} : { meta: { param_name: parameter } };
    return {
      status,
      headers: { 'x-clerk-trace-id': trace },
      body: { errors: [{ message, long_message: long, code, ...meta }], clerk_trace_id: trace },
    };
  }

  const refuseParameter = (code: string, parameter: string, message: string, long: string) =>
    refuse(422, { code, parameter, message, long });

  return {
    bodyInvalid: () => refuse(400, byStatus[400]),
    contentType: () => refuse(415, byStatus[415]),
    versionInvalid: (long: string) =>
      refuse(400, { code: 'api_version_invalid', message: 'The API version is invalid', long }),
    noKey: () =>
      refuse(401, {
        code: 'authorization_header_format_invalid',
        message: 'Invalid Authorization header format',
        long: "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
      }),
    wrongKey: () => refuse(401, byStatus[401]),
    noOrganizations: () => refuse(403, byStatus[403]),
    notFound: () => refuse(404, byStatus[404]),
    noUser: (userId: string) =>
      refuse(404, { ...byStatus[404], message: 'not found', long: `No user was found with id ${userId}` }),
    noOrganization: () =>
      refuse(404, {
        code: 'organization_not_found_or_unauthorized',
        message: 'not found or unauthorized',
        long: 'Given organization not found.',
      }),
    notMember: () =>
      refuse(403, {
        code: 'not_a_member_in_organization',
        message: 'not a member',
        long: 'The user is not a member of the organization.',
      }),
    wrongMethod: () => refuse(405, { code: 'method_not_allowed', message: 'Method not allowed' }),
    missing: (name: string) => refuseParameter('form_param_missing', name, 'is missing', `${name} must be included.`),
    unknown: (name: string) =>
      refuseParameter('form_param_unknown', name, 'is unknown', `${name} is not a valid parameter for this request.`),
    wrongType: (name: string, type: string) =>
      refuseParameter('form_param_type_invalid', name, 'is invalid', `\`${name}\` must be a \`${type}\`.`),
    wrongValue: (name: string, long: string) => refuseParameter('form_param_value_invalid', name, 'is invalid', long),
    notPending: (status: string) =>
      refuse(400, {
        code: 'sign_in_token_cannot_be_revoked_code',
        message: 'cannot revoke',
        long: `Sign in token cannot be revoked because its status is ${status}. Only pending tokens can be revoked.`,
      }),
    tooMany: () => refuse(429, byStatus[429]),
    /** A ticket that cannot sign in. */
    ticket: (reason: keyof typeof ticketErrors) => refuse(400, { ...ticketErrors[reason], parameter: 'ticket' }),
    /** The error for a failure on demand. */
    ofStatus: (status: number) =>
      refuse(
        status,
        (byStatus as Readonly<Record<number, ErrorItem>>)[status] ?? {
          code: status < 500 ? 'unexpected_status' : 'internal_clerk_error',
          message: `Failure ${String(status)} on demand`,
        },
      ),
  };
}

const byStatus = {
  400: {
    code: 'request_body_invalid',
    message: 'Request body invalid',
    long: 'The request body is invalid. Please consult the API documentation for more information.',
  },
  401: {
    code: 'clerk_key_invalid',
    message: 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.',
  },
  403: {
    code: 'organization_not_enabled_in_instance',
    message: 'The organizations feature is not enabled for this instance',
  },
  404: { code: 'resource_not_found', message: 'Resource not found' },
  410: { code: 'operation_deprecated', message: 'This operation is deprecated' },
  413: { code: 'request_body_too_large', message: 'Request body too large' },
  415: { code: 'unsupported_content_type', message: 'Content-Type is unsupported' },
  422: { code: 'form_param_value_invalid', message: 'is invalid' },
  429: { code: 'too_many_requests', message: 'Too many requests', long: 'Too many requests, retry later' },
  504: { code: 'gateway_timeout', message: 'Gateway timeout' },
} as const satisfies Readonly<Record<number, ErrorItem>>;

const ticketErrors = {
  invalid: {
    code: 'ticket_invalid_code',
    message: 'ticket is invalid',
    long: "This ticket is invalid. Make sure you're using a valid ticket generated by Clerk.",
  },
  expired: {
    code: 'ticket_expired_code',
    message: 'ticket has expired',
    long: 'This ticket has expired and cannot be used anymore.',
  },
  revoked: {
    code: 'sign_in_token_revoked_code',
    message: 'sign in token has been revoked',
    long: 'This sign in token has been revoked and cannot be used anymore.',
  },
  accepted: {
    code: 'sign_in_token_already_used_code',
    message: 'sign in token has already been used',
    long: 'This sign in token has already been used. Each token can only be used once.',
  },
} as const;
