import type { Controls } from './controls.js';
import type { Elements } from './elements.js';
import type { TableRow } from './tables.js';

export type Tokens = ReturnType<typeof createTokens>;

interface TokensOptions {
  readonly elements: Elements;
  readonly controls: Controls;
  /** The time by the clock of the fakes, in milliseconds. */
  readonly now: () => number;
  /** Called when a token is revealed or hidden. */
  readonly onChange: () => void;
}

/** Makes the rows of tokens. A token is hidden until somebody reveals it. */
export function createTokens({ elements, controls, now, onChange }: TokensOptions) {
  const { element, button, cells, toText, toTime } = elements;
  const revealed = new Set<string>();

  function stateOf(token: Readonly<Record<string, unknown>>): string {
    const isExpired = typeof token['expiresAt'] === 'string' && Date.parse(token['expiresAt']) <= now();
    if (token['status'] === 'revoked') return 'revoked';
    if (typeof token['usedAt'] === 'string') return `used ${toTime(token['usedAt'])}${isExpired ? ', expired' : ''}`;
    return isExpired ? 'expired' : 'not used';
  }

  function toRow(provider: string, token: Readonly<Record<string, unknown>>): TableRow {
    const secret = toText(token['token']);
    const isShown = revealed.has(secret);
    const state = stateOf(token);
    const makeCells = () => {
      const secretCell = element('td');
      if (isShown) secretCell.append(element('code', secret));
      else secretCell.append(element('span', '••••••••', { 'aria-label': 'hidden' }));
      const user = toText(token['userId']);
      const actions = element('td');
      actions.append(revealButton(secret, user), copyButton(secret, user), useButton(provider, secret, user));
      const environment = toText(token['environment']) || 'unknown';
      const expiry = toTime(token['expiresAt']) || 'unknown';
      return [...cells([user, environment, expiry, state]), secretCell, actions];
    };
    return { subject: secret, content: `${secret} ${state} ${String(isShown)}`, makeCells };
  }

  function revealButton(secret: string, user: string): HTMLElement {
    const label = revealed.has(secret) ? 'Hide' : 'Reveal';
    return button(label, `${label} the token of ${user}`, () => {
      if (!revealed.delete(secret)) revealed.add(secret);
      onChange();
    });
  }

  function copyButton(secret: string, user: string): HTMLElement {
    return button('Copy', `Copy the token of ${user}`, async () => {
      try {
        await navigator.clipboard.writeText(secret);
        controls.say(`Copied the token of ${user}.`);
      } catch {
        controls.say('The browser does not allow copying here. Reveal the token, and copy it by hand.');
      }
    });
  }

  function useButton(provider: string, secret: string, user: string): HTMLElement {
    return button('Use up', `Use up the token of ${user}`, () =>
      controls.post(`${provider}/consume`, { token: secret }, `Used the token of ${user}.`),
    );
  }

  return {
    toRow,
    hideAll: () => {
      revealed.clear();
    },
  };
}
