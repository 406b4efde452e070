import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ownHeaders } from './message.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policy = [
  "default-src 'none'",
  "connect-src 'self'",
  `script-src ${hashOf(pageScript)}`,
  `style-src ${hashOf(pageStyle)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tokenwright fakes</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>tokenwright fakes</h1>
<p>Time of the fakes: <span id="clock"></span></p>
<div class="actions">
<label>Advance the clock by
<select id="minutes">
<option value="1">1 minute</option>
<option value="60">1 hour</option>
<option value="1440" selected>24 hours</option>
<option value="43200">30 days</option>
</select></label>
<button type="button" id="advance">Advance</button>
<button type="button" id="reset">Reset everything</button>
</div>
</header>
<p class="note">Fake providers: these tokens work only in tests.</p>
<p id="message" role="status"></p>
<main>
<div id="providers"></div>
<section aria-labelledby="calls-title">
<h2 id="calls-title">Requests</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="calls-title">
<table>
<thead><tr><th scope="col">Provider</th><th scope="col">Time</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Status</th></tr></thead>
<tbody id="calls"></tbody>
</table>
</div>
<p class="empty" id="no-calls">None yet.</p>
</section>
</main>
<template id="provider">
<h2></h2>
<div class="actions">
<form>
<label>User id <input name="userId" autocomplete="off" spellcheck="false" required></label>
<button>Add user</button>
</form>
<label>Status
<select>
<option>503</option><option>500</option><option>429</option><option>422</option><option>404</option><option>403</option><option>401</option><option>400</option>
</select></label>
<button type="button" data-action="fail">Fail the next request</button>
</div>
<div class="scroll" tabindex="0" role="region">
<table>
<caption></caption>
<thead><tr><th scope="col">User</th><th scope="col">Environment</th><th scope="col">Expires</th><th scope="col">State</th><th scope="col">Token</th><th scope="col">Actions</th></tr></thead>
<tbody></tbody>
</table>
</div>
<p class="empty">No token was issued yet.</p>
</template>
<script>${pageScript}</script>
</body>
</html>
`;

/** Answers with the page: one file, which loads nothing from elsewhere. */
export function sendPage(outgoing: ServerResponse): void {
  outgoing.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...ownHeaders,
  });
  outgoing.end(page);
}
