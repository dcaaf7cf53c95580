import { html, type Markup } from '../markup.ts';
import type { Status, Verdict } from '../model.ts';
import { element } from './element.ts';

/** Every status and verdict has a shape of its own, so that no meaning rests on colour alone. Drawn on 16 by 16. */
const check = '<path class="cut" d="M4.6 8.3l2.3 2.3 4.5-5"/>';
const cross = '<path class="cut" d="M5.5 5.5l5 5m0-5l-5 5"/>';

const statusShapes: Record<Status, string> = {
  passed: `<circle class="fill" cx="8" cy="8" r="7"/>${check}`,
  failed: `<path class="fill" d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z"/>${cross}`,
  broken:
    '<path class="fill" d="M8 1.2l7.3 13.3H.7z"/><path class="cut" d="M8 6v4"/><circle class="cutfill" cx="8" ' +
    'cy="12.2" r=".9"/>',
  flaky:
    '<path class="fill" d="M8 .7L15.300 8 8 15.300 .7 8z"/><path class="cut" d="M4.600 8.900c1-2.300 ' +
    '2.300-2.300 3.400-.9s2.400 1.400 3.400-.9"/>',
  skipped: '<circle class="line" cx="8" cy="8" r="6.2"/><path class="line" d="M5 8h6"/>',
  observed:
    '<path class="line" d="M1 8c2-3.4 4.3-5 7-5s5 1.6 7 5c-2 3.4-4.3 5-7 5S3 11.4 1 8z"/>' +
    '<circle class="fill" cx="8" cy="8" r="2.2"/>',
};

const verdictShapes: Record<Verdict, string> = {
  allowed: '<path class="line" d="M3 8h9.200M8.7 4.500L12.2 8l-3.5 3.5"/>',
  dropped: '<rect class="line" x="3.5" y="3.5" width="9" height="9" rx="1.5"/>',
  rejected: '<path class="line" d="M4 4l8 8m0-8l-8 8"/>',
  leaked: '<path class="fill" d="M8 1.500c2.6 3.4 4.2 5.6 4.2 8a4.2 4.2 0 0 1-8.4 0c0-2.4 1.6-4.6 4.2-8z"/>',
  unserved: '<circle class="line" cx="8" cy="8" r="5" stroke-dasharray="2.3 2.3"/>',
  broken: '<path class="line" d="M8.8 1.500L4 9h4l-.8 5.500L12 7H8z"/>',
};

/** Defines all shapes once per document. */
export function sprite(): string {
  const symbols = (kind: string, shapes: Record<string, string>) =>
    Object.entries(shapes).map(([name, shape]) =>
      element('symbol', { id: `${kind}-${name}`, viewBox: '0 0 16 16' }, shape),
    );
  const hidden = { width: 0, height: 0, class: 'sprite', 'aria-hidden': 'true' };
  return element('svg', hidden, ...symbols('s', statusShapes), ...symbols('v', verdictShapes));
}

const glyph = (id: string): Markup => html`<svg class="glyph ${id}" aria-hidden="true"><use href="#${id}"/></svg>`;

/** A status' shape. Decorative: the word stands beside it or is said to screen readers. */
export const statusGlyph = (status: Status): Markup => glyph(`s-${status}`);

export const verdictGlyph = (verdict: Verdict): Markup => glyph(`v-${verdict}`);
