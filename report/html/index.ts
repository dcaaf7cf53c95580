import { headline, implementation } from '../format.ts';
import type { Run } from '../model.ts';
import { convergence } from './convergence.ts';
import { environment, resources } from './environment.ts';
import { head } from './head.ts';
import { load } from './load.ts';
import { attention, features } from './overview.ts';
import { pageOf } from './page.ts';
import { scenarios } from './scenarios.ts';
import { shell, style } from './shell.ts';
import { verdictMatrix } from './verdicts.ts';

// what other pages are made of
export { lanes } from './convergence.ts';
export { brand, readable } from './head.ts';
export { facts, figure, legend, row, section, table, text } from './page.ts';
export { shell, style } from './shell.ts';

/** A run as one HTML page: needs no network, font or script of others; for phones, paper, and without JavaScript. */
export function html(run: Run): string {
  const page = pageOf(run);
  return shell({
    title: `${headline(run)}: ${implementation(run)}`,
    netvet: run.netvet,
    style,
    head: head(page),
    sections: [
      ['attention', 'Needs attention', attention(page)],
      ['features', 'Features', features(page)],
      ['verdicts', 'Verdicts', verdictMatrix(page)],
      ['convergence', 'Convergence', convergence(page)],
      ['load', 'Load', load(page)],
      ['resources', 'Resources', resources(page)],
      ['scenarios', 'Scenarios', scenarios(page)],
      ['environment', 'Environment', environment(page)],
    ],
    footer: 'The same results for machines lie beside this file: run.json, junit.xml, conformance.yaml.',
  });
}
