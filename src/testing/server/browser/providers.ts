import type { PageState } from '../events.js';
import type { Controls } from './controls.js';
import type { Elements } from './elements.js';
import type { Tables } from './tables.js';
import type { Tokens } from './tokens.js';

interface ProvidersOptions {
  readonly elements: Elements;
  readonly controls: Controls;
  readonly tables: Tables;
  readonly tokens: Tokens;
}

/** The sections of the providers: their controls, and their tokens. */
export function createProviders({ elements, controls, tables, tokens }: ProvidersOptions) {
  const { found, byId, element } = elements;
  const names: Readonly<Record<string, string>> = { junction: 'Junction', sfox: 'sFOX', clerk: 'Clerk' };
  const nameOf = (id: string) => names[id] ?? id;

  function addSection(id: string): HTMLElement {
    const name = nameOf(id);
    const made = element('section', '', { id, 'aria-labelledby': `${id}-title` });
    const template = byId('provider') as HTMLTemplateElement;
    made.append(template.content.cloneNode(true));
    const find = (selector: string) => found(made.querySelector<HTMLElement>(selector));
    find('h2').textContent = name;
    find('h2').id = `${id}-title`;
    find('.scroll').setAttribute('aria-label', `Tokens of ${name}`);
    find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      const input = find('input') as HTMLInputElement;
      const userId = input.value;
      void controls.post(`${id}/users`, { userId }, `Added ${userId}. ${name} now knows only users that were added.`);
      input.value = '';
    });
    find('[data-action=fail]').addEventListener('click', () => {
      const status = Number((find('select') as HTMLSelectElement).value);
      void controls.post(`${id}/fail-next`, { status }, `The next request to ${name} will get ${String(status)}.`);
    });
    byId('providers').append(made);
    return made;
  }

  function show({ id, tokens: newest, tokenCount, callCount }: PageState['providers'][number]): void {
    const section = document.getElementById(id) ?? addSection(id);
    const rows = [...newest].reverse().map((token) => tokens.toRow(id, token));
    tables.fill(found(section.querySelector('tbody')), rows);
    const caption = `Tokens: ${String(tokenCount)}. Requests: ${String(callCount)}. The newest come first.`;
    found(section.querySelector('caption')).textContent = caption;
    found(section.querySelector<HTMLElement>('.empty')).hidden = tokenCount > 0;
  }

  return { nameOf, show };
}
