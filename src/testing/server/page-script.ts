import { createControls } from './browser/controls.js';
import { createElements } from './browser/elements.js';
import { createProviders } from './browser/providers.js';
import { type PageParts, runPage } from './browser/run-page.js';
import { createTables } from './browser/tables.js';
import { createTokens } from './browser/tokens.js';

const parts: PageParts = { createElements, createControls, createTables, createTokens, createProviders };

const sources = Object.entries(parts).map(([name, part]) => `${name}: ${String(part)}`);

/**
 * The script of the page, made of the source text of these functions. They must not use anything but their arguments: what is
 * outside of them is not in the script, and a bundler may rename it.
 */
export const pageScript = `(${String(runPage)})({ ${sources.join(', ')} });`;
