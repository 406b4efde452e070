import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Parser } from 'htmlparser2';
import { Marked } from 'marked';
import { gfmHeadingId } from 'marked-gfm-heading-id';

interface Page {
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

const markdown = new Marked(gfmHeadingId());

function readPage(file: string): Page {
  const text = readFileSync(file, 'utf8');
  const links: string[] = [];
  const anchors = new Set<string>();
  const parser = new Parser({
    onopentag: (_, { id, href, src }) => {
      if (id !== undefined) anchors.add(id);
      links.push(...[href, src].filter((link) => link !== undefined));
    },
  });
  parser.end(file.endsWith('.md') ? markdown.parse(text, { async: false }) : text);
  return { links, anchors };
}

/**
 * Follows each relative link of pages in Markdown or HTML to its file in the folder and to its anchor, and gives those
 * that lead nowhere, or out of the folder. Nobody outside is asked.
 */
export function findBrokenLinks(folder: string, pages: readonly string[]): string[] {
  const known = new Map<string, Page>();
  const toPage = (file: string) => {
    const page = known.get(file) ?? readPage(file);
    known.set(file, page);
    return page;
  };
  const leads = (from: string, link: string) => {
    const [path = '', anchor = ''] = link.split('#').map(decodeURIComponent);
    const place = path === '' ? from : join(dirname(from), path);
    // As a web server has it.
    const target = existsSync(join(place, 'index.html')) ? join(place, 'index.html') : place;
    if (relative(folder, target).startsWith('..') || !existsSync(target)) return false;
    return anchor === '' || (statSync(target).isFile() && toPage(target).anchors.has(anchor));
  };
  return pages.flatMap((page) => {
    const from = join(folder, page);
    const links = toPage(from).links.filter((link) => !/^[a-z]+:/.test(link));
    return links.filter((link) => !leads(from, link)).map((link) => `${page} links to ${link}`);
  });
}
