// Compiled with `declaration`: all that an inferred type is made of has to have a name that a declaration can use.
import {
  createClerk,
  createIssuer,
  createJunction,
  createSfox,
  isTokenwrightError,
  type ProviderId,
  providerIds,
  type ProviderOptions,
} from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';

export function any(error: unknown) {
  return isTokenwrightError(error) ? error : undefined;
}
export function notFound(error: unknown) {
  if (isTokenwrightError(error) && error.code === 'not_found') return error;
  return undefined;
}
export function ofOneProvider(error: unknown) {
  if (isTokenwrightError(error) && error.provider === 'clerk' && error.code === 'rate_limited') return error;
  return undefined;
}
export function withoutAClass(error: unknown) {
  if (isTokenwrightError(error) && (error.code === 'bad_request' || error.code === 'user_exists'))
    return { error, details: error.details };
  return undefined;
}
export function byCode(error: unknown) {
  if (!isTokenwrightError(error)) return undefined;
  switch (error.code) {
    case 'invalid_option':
      return error;
    case 'timeout':
      return error.timeout;
    case 'validation_failed':
      return error.details;
    default:
      return error.scope;
  }
}

export const clerk = createClerk({ apiKey: 'sk_test_made-up' });
export const junction = createJunction({ apiKey: 'sk_eu_made-up' });
export const sfox = createSfox({ apiKey: 'made-up', environment: 'sandbox' });
export const byName = createIssuer('clerk', { apiKey: 'sk_test_made-up' });
export const firstName = providerIds[0];
export const names = new Set(providerIds);
export const labelOf = (name: ProviderId) => ({ name, label: name.toUpperCase() });
export const connect = <P extends ProviderId>(name: P, options: ProviderOptions[P]) => ({
  name,
  issuer: createIssuer(name, options),
});
export const streams = () =>
  [junction.streamTokens(['a']), sfox.streamTokens(['a']), byName.streamTokens(['a'])] as const;
export async function reasons() {
  const outcomes = await clerk.issueTokens(['a']);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? outcome.reason : []));
}
export async function refusals() {
  const [outcome] = await clerk.issueTokens(['a']);
  if (outcome?.status === 'rejected' && outcome.reason.code === 'forbidden') return outcome.reason;
  return undefined;
}
export class Service {
  readonly failure = notFound(undefined);
  readonly endpoint = createTokenEndpoint({ issuer: clerk, authorize: () => 'user_1' });
  users() {
    return junction.users;
  }
}
