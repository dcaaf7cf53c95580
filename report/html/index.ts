import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { headline, implementation } from '../format.ts';
import type { Run } from '../model.ts';
import { escapeHtml } from '../safe.ts';
import { sprite } from '../svg/glyphs.ts';
import { convergence } from './convergence.ts';
import { environment } from './environment.ts';
import { head, logo } from './head.ts';
import { load } from './load.ts';
import { attention, features } from './overview.ts';
import { pageOf } from './page.ts';
import { scenarios } from './scenarios.ts';
import { verdictMatrix } from './verdicts.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const style = read('style.css');
const script = read('filter.js');
const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing may be loaded from anywhere and no other script may run, whatever is hidden in the names of a cluster's objects. */
const policy = `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" color="#0b62c4">${logo}</svg>`)}`;

const titles = {
  attention: 'Needs attention',
  features: 'Features',
  verdicts: 'Verdicts',
  convergence: 'Convergence',
  load: 'Load',
  scenarios: 'Scenarios',
  environment: 'Environment',
};

/** A run as one HTML page: no network, no font or script of others, readable without JavaScript, on a phone and on paper. */
export function html(run: Run): string {
  const page = pageOf(run);
  const sections = {
    attention: attention(page),
    features: features(page),
    verdicts: verdictMatrix(page),
    convergence: convergence(page),
    load: load(page),
    scenarios: scenarios(page),
    environment: environment(page),
  };
  const present = Object.entries(sections).filter(([, markup]) => markup !== '');
  const links = present.map(([id]) => `<li><a href="#${id}">${titles[id as keyof typeof titles]}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="netvet ${escapeHtml(run.netvet)}">
<title>${escapeHtml(`${headline(run)}: ${implementation(run)}`)}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${sprite()}
${head(page)}
<nav aria-label="Sections"><ul class="wrap">${links.join('')}</ul></nav>
<main id="main" class="wrap">
${present.map(([, markup]) => markup).join('\n')}
</main>
<footer class="wrap">Made by netvet ${escapeHtml(run.netvet)}. The same results for machines lie beside this file: run.json, junit.xml, conformance.yaml.</footer>
<script>${script}</script>
</body>
</html>
`;
}
