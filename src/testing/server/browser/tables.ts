import type { Elements } from './elements.js';

export type Tables = ReturnType<typeof createTables>;

/** A row to show. */
export interface TableRow {
  /** Identifies the row before and after a change. */
  readonly subject: string;
  /** If it is equal, the row has not changed. */
  readonly content: string;
  /** Called if the row is new or has changed. */
  readonly makeCells: () => readonly HTMLElement[];
}

/** Fills tables. A row that has not changed keeps its elements, and so the focus. */
export function createTables({ element }: Elements) {
  /** Which element shows which row. Not an attribute of it: `content` may hold a token that is hidden. */
  const shown = new WeakMap<Element, TableRow>();

  function fill(body: Element, rows: readonly TableRow[]): void {
    const old = new Map([...body.children].map((child) => [shown.get(child)?.content, child]));
    const next = rows.map((row) => old.get(row.content) ?? makeRow(row));
    const focused = document.activeElement;
    const place = focused?.closest('tr') ?? undefined;
    const column = [...(place?.querySelectorAll('button') ?? [])].findIndex((each) => each === focused);
    for (const child of [...body.children]) if (!next.includes(child)) child.remove();
    for (const [index, child] of next.entries()) {
      if (body.children[index] !== child) body.insertBefore(child, body.children[index] ?? null);
    }
    if (place === undefined || column < 0 || place.isConnected) return;
    // The row has changed and was replaced: move the focus to the same button of the new row.
    const successor = next.find((child) => shown.get(child)?.subject === shown.get(place)?.subject);
    successor?.querySelectorAll('button')[column]?.focus();
  }

  function makeRow(row: TableRow): Element {
    const made = element('tr');
    made.append(...row.makeCells());
    shown.set(made, row);
    return made;
  }

  return { fill };
}
