import * as z from 'zod/mini';
import { createBulk } from '../../src/bulk/bulk.js';
import { configure, type Connection } from '../../src/client/connection.js';
import type { ProviderProfile } from '../../src/client/profile.js';
import type { ApiErrorCode } from '../../src/errors.js';
import { type Call, createApi, createIssueToken } from '../../src/http/call.js';
import type { Dialect } from '../../src/http/request.js';
import { isToken } from '../../src/http/schemas.js';
import { concealSecrets } from '../../src/secrets/conceal.js';
import type { FourthIssueOptions, FourthIssuer, FourthOptions, FourthToken } from './types.js';
import { anyBody, errorBody, tokenBody } from './wire.js';

/** A provider that does not exist, and does all in another way than the three that do. */
export const fourthProfile: ProviderProfile = {
  provider: 'fourth',
  label: 'Fourth',
  hosts: { us: 'https://us.fourth.example', eu: 'https://eu.fourth.example' },
  rateLimit: { requests: 30, perSeconds: 10 },
  regions: ['us', 'eu'],
  credentials: {
    clientId: { variables: ['FOURTH_CLIENT_ID'], header: 'fourth-client-id' },
    secret: { variables: ['FOURTH_SECRET'], header: 'fourth-secret' },
  },
  variables: { region: ['FOURTH_REGION'], baseUrl: ['FOURTH_BASE_URL'] },
  ownOptions: {
    clientName: {
      at: ['client'],
      kind: 'text',
      accepts: (value) => typeof value === 'string' && value !== '' && value.length <= 30,
      expected: 'a name of 1 to 30 characters',
      isRequired: true,
      variables: ['FOURTH_CLIENT_NAME'],
      flag: { name: 'client-name', placeholder: '<name>', description: 'the name that users are shown' },
    },
    products: {
      at: ['client', 'call'],
      kind: 'list',
      accepts: (value) =>
        Array.isArray(value) && value.length > 0 && value.every((each) => /^[a-z]+$/.test(String(each))),
      expected: 'a list of products in small letters',
      isRequired: true,
      variables: ['FOURTH_PRODUCTS'],
      flag: { name: 'products', placeholder: '<list>', description: 'what a token is good for, with commas' },
    },
  },
};

/** It answers 400 to most of what it refuses; only the code of its body says what that is. */
const codes: Readonly<Record<string, ApiErrorCode>> = {
  INVALID_CREDENTIALS: 'unauthorized',
  USER_NOT_FOUND: 'not_found',
};

export const dialect: Dialect = {
  documentedNames: ['error_type', 'error_code', 'error_message', 'request_id'],
  readRetryAfter(header) {
    const milliseconds = header('fourth-wait-ms') ?? '';
    return /^\d+$/.test(milliseconds) ? Number(milliseconds) / 1000 : undefined;
  },
  readRequestId: (_, body) => z.safeParse(anyBody(), body).data?.request_id,
  describeFailure(body, status) {
    const { data: details } = z.safeParse(errorBody(), body);
    if (details === undefined) return {};
    const { error_code: code, error_message: message } = details;
    return {
      providerCode: code,
      providerMessage: message,
      issues: [{ path: [], code, message }],
      details,
      code: status === 400 ? codes[code] : undefined,
    };
  },
};

export function connectFourth(connection: Connection<FourthOptions>): FourthIssuer {
  const api = createApi(connection, dialect);
  const { clientName, products: clientProducts } = connection.options;

  function issue({ send, options }: Call<FourthIssueOptions>, userId: string): Promise<FourthToken> {
    const { products = clientProducts } = options;
    return send({
      operation: 'issueToken',
      path: 'access/tokens',
      json: { user: { client_user_id: userId }, client_name: clientName, products },
      schema: tokenBody(),
      lostAnswerHint: 'A token may have been issued that nobody received.',
      read({ access_token: token, expiration }, { unlisted, invalid }) {
        if (!isToken(token)) throw invalid('`access_token` has the wrong form');
        const issued: FourthToken = { provider: 'fourth', userId, token, expiresAt: new Date(expiration) };
        return concealSecrets(issued, ['token'], unlisted);
      },
    });
  }

  const bulk: Pick<FourthIssuer, 'issueTokens' | 'streamTokens'> = createBulk({ api, issue });
  return { provider: 'fourth', issueToken: createIssueToken(api, issue), ...bulk };
}

export function createFourth(options: FourthOptions = {}): FourthIssuer {
  return connectFourth(configure(fourthProfile, options));
}
