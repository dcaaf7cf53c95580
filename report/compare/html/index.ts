import { readFileSync } from 'node:fs';
import { shell, style } from '../../html/index.ts';
import { headline } from '../headline.ts';
import type { Comparison } from '../model.ts';
import { environment } from './environment.ts';
import { features } from './features.ts';
import { figures, load } from './figures.ts';
import { differences, head } from './head.ts';
import { timings } from './timings.ts';

const more = readFileSync(new URL('style.css', import.meta.url), 'utf8');

/** A comparison as one HTML page, of the same make as the report of a run. */
export function comparisonHtml(comparison: Comparison): string {
  return shell({
    title: headline(comparison),
    netvet: comparison.netvet,
    style: style + more,
    head: head(comparison),
    sections: [
      ['differences', 'Not the same', differences(comparison)],
      ['features', 'Features', features(comparison)],
      ['timings', 'Convergence', timings(comparison)],
      ['load', 'Load', load(comparison)],
      ['figures', 'Other figures', figures(comparison)],
      ['environment', 'Environment', environment(comparison)],
    ],
    footer: 'The same facts lie beside this file for machines, compare.json, and for a wiki, compare.md.',
  });
}
