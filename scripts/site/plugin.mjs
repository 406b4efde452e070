// TypeDoc's plugin of the site: `npm run docs`.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Converter, RendererEvent } from 'typedoc';

/** Short names and sections of the pages, as docs/llms.txt has them, by the path without its ending. */
function readNames() {
  const names = new Map();
  for (const section of readFileSync('docs/llms.txt', 'utf8').split(/^## /m).slice(1)) {
    const [group] = section.split('\n');
    for (const [, name, path] of section.matchAll(/^- \[(.+)\]\((.+)\.md\)/gm)) {
      names.set(join('docs', path), { name, group: group === 'Optional' ? 'Background' : group });
    }
  }
  return names;
}

/** Code in a heading becomes plain text: TypeDoc leaves code out of a heading's anchor, and so of the table of contents. */
function withPlainHeadings(content) {
  let line = '';
  return content.map((part) => {
    const isHeading = part.kind === 'code' && /^#+ /.test(line);
    line = `${line}${part.text}`.split('\n').at(-1);
    return isHeading ? { kind: 'text', text: part.text.replaceAll('`', '').replaceAll('<', '&lt;') } : part;
  });
}

export function load(app) {
  const names = readNames();
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    const { name, group } = names.get(page.name) ?? {
      name: page.content[0]?.text.match(/^# (.+)/)?.[1],
      group: 'Background',
    };
    page.name = name ?? page.name;
    page.frontmatter.group = group;
    page.content = withPlainHeadings(page.content);
  });
  // Served with the site, so that a diagram needs nobody else.
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    const mermaid = import.meta.resolve('@mermaid-js/tiny');
    copyFileSync(fileURLToPath(mermaid), join(outputDirectory, 'assets/mermaid.js'));
  });
}
