import type { PageState } from './events.js';

/**
 * The script of the page. It runs in the browser: it is sent as the text of this function, which therefore refers to
 * nothing around it.
 */
export function runPage(): void {
  type Provider = PageState['providers'][number];
  type Row = Readonly<Record<string, unknown>>;
  const controls = '/_fakes';
  const labels: Readonly<Record<string, string>> = { junction: 'Junction', sfox: 'sFOX', clerk: 'Clerk' };
  const revealed = new Set<string>();
  let clockOffset = 0;

  /** Nothing that is looked for here is missing in the page. */
  function found<E extends Element>(element: E | null): E {
    if (element === null) throw new Error('The page lacks an element.');
    return element;
  }

  const byId = (id: string) => found(document.getElementById(id));
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

  function say(message: string): void {
    byId('message').textContent = message;
  }

  /** Uses a control, and says how that went. */
  async function use(request: { method: string; path: string; body?: unknown; done: string }): Promise<void> {
    const { method, path, body, done } = request;
    try {
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${controls}/${path}`, { method, ...content });
      if (response.ok) say(done);
      else say(((await response.json()) as { error: string }).error);
    } catch {
      say('The server does not answer. Is it still running?');
    }
  }

  function element(name: string, content = '', attributes: Readonly<Record<string, string>> = {}): HTMLElement {
    const made = document.createElement(name);
    made.textContent = content;
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  }

  function button(label: string, name: string, act: () => Promise<void> | void): HTMLElement {
    const made = element('button', label, { type: 'button', 'aria-label': name });
    made.addEventListener('click', () => void act());
    return made;
  }

  function time(value: unknown): string {
    return typeof value === 'string' ? value.replace('T', ' ').replace(/\.\d+Z$/, ' UTC') : '';
  }

  function stateOf(token: Row): string {
    const isExpired =
      typeof token['expiresAt'] === 'string' && Date.parse(token['expiresAt']) <= Date.now() + clockOffset;
    if (token['status'] === 'revoked') return 'revoked';
    if (typeof token['usedAt'] === 'string') return `used ${time(token['usedAt'])}${isExpired ? ', expired' : ''}`;
    return isExpired ? 'expired' : 'not used';
  }

  function tokenCells(id: string, token: Row): HTMLElement[] {
    const secret = text(token['token']);
    const user = text(token['userId']);
    const isShown = revealed.has(secret);
    const secretCell = element('td');
    if (isShown) secretCell.append(element('code', secret));
    else secretCell.append(element('span', '••••••••', { 'aria-label': 'hidden' }));
    const actions = element('td');
    actions.append(
      button(isShown ? 'Hide' : 'Reveal', `${isShown ? 'Hide' : 'Reveal'} the token of ${user}`, () => {
        if (!revealed.delete(secret)) revealed.add(secret);
        render();
      }),
      button('Copy', `Copy the token of ${user}`, async () => {
        await navigator.clipboard.writeText(secret).then(
          () => {
            say(`Copied the token of ${user}.`);
          },
          () => {
            say('The browser does not allow copying here. Reveal the token, and copy it by hand.');
          },
        );
      }),
      button('Use up', `Use up the token of ${user}`, () =>
        use({ method: 'POST', path: `${id}/consume`, body: { token: secret }, done: `Used the token of ${user}.` }),
      ),
    );
    const cells = [
      user,
      text(token['environment']) || 'not said',
      time(token['expiresAt']) || 'not said',
      stateOf(token),
    ];
    return [...cells.map((content) => element('td', content)), secretCell, actions];
  }

  function callCells(call: Row): HTMLElement[] {
    const cells = [
      time(call['receivedAt']),
      text(call['method']),
      text(call['path']),
      text(call['status']) || 'no answer',
    ];
    return cells.map((content) => element('td', content));
  }

  /** Which row stands for what. Not an attribute: a key may hold a token that is hidden. */
  const keys = new WeakMap<Element, { subject: string; content: string }>();

  /** Puts the rows of a table in place; one that stays the same is left alone, and so keeps the focus. */
  function fill(body: Element, rows: readonly { subject: string; content: string; cells: HTMLElement[] }[]): void {
    const old = new Map([...body.children].map((row) => [keys.get(row)?.content, row]));
    const next = rows.map(({ subject, content, cells }) => {
      const known = old.get(content);
      if (known !== undefined) return known;
      const row = element('tr');
      row.append(...cells);
      keys.set(row, { subject, content });
      return row;
    });
    const focused = document.activeElement;
    const place = focused?.closest('tr') ?? undefined;
    const column =
      place === undefined ? -1 : [...place.querySelectorAll('button')].findIndex((each) => each === focused);
    for (const row of [...body.children]) if (!next.includes(row)) row.remove();
    for (const [index, row] of next.entries()) {
      if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
    }
    if (place === undefined || column < 0 || place.isConnected) return;
    // A row that changed was made anew: the focus goes to the button in the place of the one that had it.
    const successor = next.find((row) => keys.get(row)?.subject === keys.get(place)?.subject);
    successor?.querySelectorAll('button')[column]?.focus();
  }

  function section(id: string): HTMLElement {
    const name = labels[id] ?? id;
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
      void use({ method: 'POST', path: `${id}/users`, body: { userId }, done: `${name} knows ${userId} now.` });
      input.value = '';
    });
    find('[data-action=fail]').addEventListener('click', () => {
      const status = Number((find('select') as HTMLSelectElement).value);
      const done = `The next request to ${name} will get ${String(status)}.`;
      void use({ method: 'POST', path: `${id}/fail-next`, body: { status }, done });
    });
    byId('providers').append(made);
    return made;
  }

  let state: PageState | undefined;

  function render(): void {
    if (state === undefined) return;
    clockOffset = state.clockOffset;
    for (const provider of state.providers) renderProvider(provider);
    const calls = state.providers.flatMap(({ id, calls: each }) => each.map((call) => ({ id, call })));
    calls.sort((a, b) => text(b.call['receivedAt']).localeCompare(text(a.call['receivedAt'])));
    const rows = calls.map(({ id, call }, index) => {
      const content = JSON.stringify([calls.length - index, id, call]);
      return { subject: content, content, cells: [element('td', labels[id] ?? id), ...callCells(call)] };
    });
    fill(byId('calls'), rows.slice(0, 50));
    byId('no-calls').hidden = rows.length > 0;
  }

  function renderProvider({ id, tokens, tokenCount, callCount }: Provider): void {
    const place = document.getElementById(id) ?? section(id);
    const rows = [...tokens].reverse().map((token) => {
      const secret = text(token['token']);
      const content = `${secret} ${stateOf(token)} ${String(revealed.has(secret))}`;
      return { subject: secret, content, cells: tokenCells(id, token) };
    });
    fill(found(place.querySelector('tbody')), rows);
    const caption = `Tokens: ${String(tokenCount)}. Requests: ${String(callCount)}. The newest come first.`;
    found(place.querySelector('caption')).textContent = caption;
    found(place.querySelector<HTMLElement>('.empty')).hidden = tokenCount > 0;
  }

  byId('advance').addEventListener('click', () => {
    const minutes = Number((byId('minutes') as HTMLSelectElement).value);
    const milliseconds = minutes * 60_000;
    void use({ method: 'POST', path: 'clock/advance', body: { milliseconds }, done: 'The clock was set forward.' });
  });
  byId('reset').addEventListener('click', () => {
    revealed.clear();
    void use({ method: 'POST', path: 'reset', done: 'Everything is as it was at the start.' });
  });
  function tick(): void {
    byId('clock').textContent = time(new Date(Date.now() + clockOffset).toISOString());
    // What expires does so without an event.
    render();
  }
  tick();
  setInterval(tick, 1000);
  const events = new EventSource(`${controls}/events`);
  events.addEventListener('message', ({ data }: MessageEvent<string>) => {
    state = JSON.parse(data) as PageState;
    render();
  });
  events.addEventListener('error', () => {
    say('The connection to the server is lost. It comes back by itself as soon as the server runs.');
  });
}
