import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { expect } from 'vitest';

interface Operation {
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: Readonly<Record<string, object>>;
}

/** The documentation of a provider, to hold requests and answers against. */
export function contractOf(name: string, version: string) {
  const file = new URL(`../fixtures/openapi/${name}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, Operation>> };
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: fullFormats });
  ajv.addSchema(document, 'document');
  const pointer = (path: string) =>
    path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');

  function templateOf(path: string): string {
    // One without parameters goes before one with.
    const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    const found = templates.find((template) =>
      new RegExp(`^${version}${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`).test(path),
    );
    if (found === undefined) throw new Error(`The documentation has no path ${path}.`);
    return found;
  }

  function validate(reference: string, value: unknown): void {
    ajv.validate({ $ref: `document#${reference}` }, value);
    expect(ajv.errors ?? []).toEqual([]);
  }

  return {
    /** Every operation with every status that is documented for it. */
    documented: Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    ),
    /** How the documentation names a request. */
    nameOf: (method: string, path: string) => `${method} ${templateOf(path)}`,
    checkRequest(method: string, path: string, body: unknown): void {
      const template = templateOf(path);
      const operation = document.paths[template]?.[method.toLowerCase()];
      if (operation === undefined) throw new Error(`The documentation has no ${method} ${path}.`);
      if (operation.requestBody === undefined) expect(body).toBeUndefined();
      else {
        const place = `/paths/${pointer(template)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
        validate(place, body);
      }
    },
    checkAnswer(method: string, path: string, status: number, body: unknown): boolean {
      const template = templateOf(path);
      const response = document.paths[template]?.[method.toLowerCase()]?.responses[String(status)];
      if (response === undefined) return false;
      const { $ref: reference } = response as { $ref?: string };
      const base =
        reference?.slice(1) ?? `/paths/${pointer(template)}/${method.toLowerCase()}/responses/${String(status)}`;
      validate(`${base}/content/application~1json/schema`, body);
      return true;
    },
  };
}

export type Contract = ReturnType<typeof contractOf>;
