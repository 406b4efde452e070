import type { PageState } from '../events.js';
import type { createControls } from './controls.js';
import type { createElements } from './elements.js';
import type { createProviders } from './providers.js';
import type { createTables } from './tables.js';
import type { createTokens } from './tokens.js';

/** The functions that the page is made of. */
export interface PageParts {
  readonly createElements: typeof createElements;
  readonly createControls: typeof createControls;
  readonly createTables: typeof createTables;
  readonly createTokens: typeof createTokens;
  readonly createProviders: typeof createProviders;
}

/** Runs the page: shows each state that the server sends. */
export function runPage(parts: PageParts): void {
  const elements = parts.createElements();
  const controls = parts.createControls(elements);
  const tables = parts.createTables(elements);
  const { byId, cells, toText, toTime } = elements;
  let state: PageState | undefined;
  const now = () => Date.now() + (state?.clockOffset ?? 0);
  const tokens = parts.createTokens({ elements, controls, now, onChange: render });
  const providers = parts.createProviders({ elements, controls, tables, tokens });

  function render(): void {
    if (state === undefined) return;
    for (const provider of state.providers) providers.show(provider);
    const calls = state.providers.flatMap(({ id, calls: each }) => each.map((call) => ({ id, call })));
    calls.sort((a, b) => toText(b.call['receivedAt']).localeCompare(toText(a.call['receivedAt'])));
    const rows = calls.map(({ id, call }, index) => {
      const content = JSON.stringify([calls.length - index, id, call]);
      const { receivedAt, method, path, status } = call;
      const texts = [toTime(receivedAt), toText(method), toText(path), toText(status) || 'no answer'];
      return { subject: content, content, makeCells: () => cells([providers.nameOf(id), ...texts]) };
    });
    tables.fill(byId('calls'), rows.slice(0, 50));
    byId('no-calls').hidden = rows.length > 0;
  }

  function tick(): void {
    byId('clock').textContent = toTime(new Date(now()).toISOString());
    // The server sends nothing when a token expires.
    render();
  }

  byId('advance').addEventListener('click', () => {
    const minutes = Number((byId('minutes') as HTMLSelectElement).value);
    void controls.post('clock/advance', { milliseconds: minutes * 60_000 }, 'The clock was advanced.');
  });
  byId('reset').addEventListener('click', () => {
    tokens.hideAll();
    void controls.post('reset', undefined, 'Everything is as it was at the start.');
  });
  tick();
  setInterval(tick, 1000);
  controls.watch((text) => {
    state = JSON.parse(text) as PageState;
    render();
  });
}
