export type Elements = ReturnType<typeof createElements>;

/** Finds and makes elements of the page, and formats the texts in them. */
export function createElements() {
  /** Throws if the page has no such element, which would be a mistake in the page. */
  function found<E extends Element>(element: E | null): E {
    if (element === null) throw new Error('The page lacks an element.');
    return element;
  }

  const byId = (id: string) => found(document.getElementById(id));

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

  function cells(contents: readonly string[]): HTMLElement[] {
    return contents.map((content) => element('td', content));
  }

  function toText(value: unknown): string {
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  function toTime(value: unknown): string {
    return typeof value === 'string' ? value.replace('T', ' ').replace(/\.\d+Z$/, ' UTC') : '';
  }

  return { found, byId, element, button, cells, toText, toTime };
}
