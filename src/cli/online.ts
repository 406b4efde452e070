import { TokenwrightError } from '../errors.js';
import { canRevoke } from '../issuer.js';
import type { ProviderId } from '../providers/index.js';
import type { CliContext } from './context.js';
import { connectIssuer } from './issue.js';

/** A provider's verdict on a key. */
export interface KeyVerdict {
  readonly key: 'accepted' | 'refused' | 'unknown';
  readonly message: string;
  /** Present if the provider refused the key or could not be reached. */
  readonly error?: TokenwrightError;
}

/**
 * Requests something that cannot exist: a "not found" proves that the provider accepts the key. Nothing is issued or changed.
 * If a provider has no such request, the verdict is `unknown`.
 */
export async function askWhetherKeyIsGood(context: CliContext, provider: ProviderId): Promise<KeyVerdict> {
  const issuer = connectIssuer(context, provider, {});
  const { signal } = context;
  const name = `tokenwright-check-${crypto.randomUUID()}`;
  try {
    if (canRevoke(issuer)) await issuer.revokeToken(`sit_${name}`, { signal });
    else if ('users' in issuer) await issuer.users.resolve(name, { signal });
    else return { key: 'unknown', message: 'the provider cannot tell without issuing a token.' };
    return { key: 'accepted', message: 'the provider accepts the key.' };
  } catch (error) {
    if (!(error instanceof TokenwrightError)) throw error;
    const { code, scope, message } = error;
    if (scope === 'user' && code === 'not_found') return { key: 'accepted', message: 'the provider accepts the key.' };
    return { key: code === 'unauthorized' || code === 'forbidden' ? 'refused' : 'unknown', message, error };
  }
}
