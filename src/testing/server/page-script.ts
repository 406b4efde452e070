import { createControls } from './browser/controls.js';
import { createElements } from './browser/elements.js';
import { createProviders } from './browser/providers.js';
import { type PageParts, runPage } from './browser/run-page.js';
import { createTables } from './browser/tables.js';
import { createTokens } from './browser/tokens.js';

const parts: PageParts = { createElements, createControls, createTables, createTokens, createProviders };

const sources = Object.entries(parts).map(([name, part]) => `${name}: ${String(part)}`);

/**
 * The script of the page: the texts of functions, which the browser runs. Each is complete by itself and is called with
 * all that it needs: a bundler may rename what is around it.
 */
export const pageScript = `(${String(runPage)})({ ${sources.join(', ')} });`;
