import { TokenwrightError } from '../errors.js';
import { canRevoke } from '../issuer.js';
import type { ProviderId } from '../providers/index.js';
import type { CliContext } from './context.js';
import { connectIssuer } from './issue.js';

/** What a provider says to a key. */
export interface KeyVerdict {
  readonly key: 'accepted' | 'refused' | 'unknown';
  readonly message: string;
  /** Of the error, if the provider could not be asked or refused the key. */
  readonly code?: string;
}

/**
 * Asks for something that cannot exist: a provider that looks for it has taken the key. Nothing is issued or changed. A
 * provider that has nothing of that kind cannot be asked.
 */
export async function askWhetherKeyIsGood(context: CliContext, provider: ProviderId): Promise<KeyVerdict> {
  const issuer = connectIssuer(context, provider, {});
  const { signal } = context;
  const name = `tokenwright-check-${crypto.randomUUID()}`;
  try {
    if (canRevoke(issuer)) await issuer.revokeToken(`sit_${name}`, { signal });
    else if ('users' in issuer) await issuer.users.resolve(name, { signal });
    else return { key: 'unknown', message: 'whether the key is good cannot be known without issuing a token.' };
    return { key: 'accepted', message: 'the provider takes the key.' };
  } catch (error) {
    if (!(error instanceof TokenwrightError)) throw error;
    const { code, scope, message } = error;
    if (scope === 'user' && code === 'not_found') return { key: 'accepted', message: 'the provider takes the key.' };
    return { key: code === 'unauthorized' || code === 'forbidden' ? 'refused' : 'unknown', message, code };
  }
}
