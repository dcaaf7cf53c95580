import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Child, html, raw } from '../markup.ts';
import { sprite } from '../svg/glyphs.ts';
import { logo } from './head.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
export const style: string = read('style.css');
const script = read('filter.js');
const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" color="#0b62c4">${logo}</svg>`;
const icon = `data:image/svg+xml,${encodeURIComponent(svg)}`;

interface Document {
  title: string;
  /** netvet's version. */
  netvet: string;
  style: string;
  head: Child;
  /** [id, title, content] of every section; one that is empty is left out. */
  sections: [id: string, title: string, content: Child][];
  footer: string;
}

/** A page in one file. It loads nothing and runs no other script, whatever is hidden in names of objects. */
export function shell({ title, netvet, style, head, sections, footer }: Document): string {
  const policy =
    `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}; base-uri ` +
    `'none'; form-action 'none'`;
  const present = sections.filter(([, , content]) => content !== '');
  return html`<!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="generator" content="netvet ${netvet}">
    <title>${title}</title>
    <link rel="icon" href="${icon}">
    <style>${raw(style)}</style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the results</a>
    ${raw(sprite())}
    ${head}
    <nav aria-label="Sections"><ul class="wrap">
    ${present.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
    <main id="main" class="wrap">${present.map(([, , content]) => content)}</main>
    <footer class="wrap">Made by netvet ${netvet}. ${footer}</footer>
    <script>${raw(script)}</script>
    </body>
    </html>`.source;
}
