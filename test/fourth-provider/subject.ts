import * as z from 'zod/mini';
import { noDate, noText, wrongValues } from '../support/endings.js';
import type { AnswerWithBody, Subject } from '../support/subjects/subject.js';
import { createFourth } from './adapter.js';

const key = 'made-up-fourth-secret';
const clientId = 'made-up-fourth-client-id';

const refuse = (status: number, type: string, code: string, message: string): AnswerWithBody => ({
  status,
  body: { error_type: type, error_code: code, error_message: message, request_id: 'made-up-request' },
});

const options = { clientId, secret: key, clientName: 'Made-up app', products: ['balance'] };

export const fourthSubject: Subject = {
  provider: 'fourth',
  label: 'Fourth',
  key,
  keyOption: 'secret',
  options,
  target: { region: 'eu' },
  variables: {
    FOURTH_CLIENT_ID: clientId,
    FOURTH_SECRET: key,
    FOURTH_REGION: 'eu',
    FOURTH_CLIENT_NAME: 'Made-up app',
    FOURTH_PRODUCTS: 'balance,auth',
  },
  ownKeys: /^$/,
  userId: (number) => `user-${String(number)}`,
  askedFor: (_, body) => [(body as { readonly user: { readonly client_user_id: string } }).user.client_user_id],
  hasBatches: false,
  errors: {
    'error.400': refuse(400, 'INVALID_REQUEST', 'MISSING_FIELDS', 'products is missing'),
    'error.400.credentials': refuse(400, 'INVALID_INPUT', 'INVALID_CREDENTIALS', 'invalid client id or secret'),
    'error.400.user': refuse(400, 'INVALID_INPUT', 'USER_NOT_FOUND', 'no such user'),
    'error.429': refuse(429, 'RATE_LIMIT_EXCEEDED', 'RATE_LIMIT', 'too many requests'),
    'error.500': refuse(500, 'API_ERROR', 'INTERNAL_SERVER_ERROR', 'an unexpected error'),
  },
  errorAround: (value) => ({ error_type: value, error_code: value, error_message: value, more: { deep: [value] } }),
  errorForm: z.object({
    error_type: z.string(),
    error_code: z.string(),
    error_message: z.string(),
    request_id: z.string(),
  }),
  fake: {
    request: {
      url: 'https://eu.fourth.example/access/tokens',
      headers: { 'fourth-client-id': clientId, 'fourth-secret': key, 'content-type': 'application/json' },
      body: '{"user":{"client_user_id":"user-1"},"client_name":"Made-up app","products":["balance"]}',
      userId: 'user-1',
    },
    refusedKey: 400,
    unknownUser: 400,
    environment: 'eu',
    saysRetryAfter: false,
    isUsedOnce: true,
    expires: true,
  },
  bundle: { factory: 'createFourth', words: /fourth/i, size: 30_000 },
  operations: [
    {
      name: 'fourth issueToken',
      provider: 'fourth',
      label: 'Fourth',
      key,
      id: 'user/1',
      secrets: ['made-up-fourth-token'],
      success: {
        status: 200,
        body: {
          access_token: 'made-up-fourth-token',
          expiration: '2030-01-01T00:00:00Z',
          request_id: 'made-up-request',
        },
      },
      statuses: [400, 429, 500],
      endings: {
        'error.400.credentials': { name: 'AuthenticationError', code: 'unauthorized', status: 400 },
        'error.400.user': { name: 'NotFoundError', code: 'not_found', status: 400 },
      },
      wrongContents: [
        ...wrongValues('a token that is', 'access_token', noText),
        ...wrongValues('a date that is', 'expiration', noDate),
      ],
      request: {
        path: '/access/tokens',
        headers: {
          'fourth-client-id': clientId,
          'fourth-secret': key,
          authorization: undefined,
          'content-type': 'application/json',
        },
        body: '{"user":{"client_user_id":"user/1"},"client_name":"Made-up app","products":["balance"]}',
      },
      prepare(given) {
        const client = createFourth({ ...options, ...given });
        return { client, call: (callOptions) => client.issueToken('user/1', callOptions) };
      },
    },
  ],
};
