import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');
const names = (path: string) => relative(root, path);
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

/** The files of ours that a file imports; also for a type alone, which no runtime and no rule of ESLint sees. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
  const own = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
  return own.map(({ fileName }) => join(dirname(file), fileName.replace(/\.js$/, '.ts')));
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** Every circle of imports, as the path that leads back to its beginning. */
function findCircles(): string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].map(names).join(' -> '));
    if (start >= 0 || finished.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  return circles;
}

it('src has no circle of imports', () => {
  expect([...imports.values()].flat().length).toBeGreaterThan(files.length);
  expect(findCircles()).toEqual([]);
});
