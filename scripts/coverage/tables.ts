import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One test of another suite, or one subject: the scenarios that are its equivalent, or why there are none. */
export interface Row {
  name: string;
  here?: string[];
  /** Completes the sentence "not here:". */
  not?: string;
}

export interface Table {
  title: string;
  /** Which files the names are from, and as of which commit. */
  source: string;
  /** What stands before every name where it is read outside of its table. */
  prefix: string;
  rows: Row[];
  /** Its names are another suite's, so scenarios are listed by them in the other direction too. */
  upstream: boolean;
}

const read = (name: string): Omit<Table, 'upstream'> =>
  parse(readFileSync(join(import.meta.dirname, `${name}.yaml`), 'utf8')) as Omit<Table, 'upstream'>;

/** The tables of docs/coverage.md in their order. */
export function tables(): Table[] {
  const upstream = ['policies', 'cyclonus', 'services', 'networking'].map((name) => ({
    ...read(name),
    upstream: true,
  }));
  return [...upstream, { ...read('subjects'), upstream: false }];
}

/** One sentence per mistake: an unknown id, a row that says nothing or two things, a name that is there twice. */
export function mistakesIn(all: Table[], ids: Set<string>): string[] {
  return all.flatMap(({ title, rows }) => {
    const seen = new Set<string>();
    return rows.flatMap(({ name, here = [], not }) => {
      const twice = seen.has(name) ? ['is there twice'] : [];
      seen.add(name);
      const says =
        here.length > 0 === (not !== undefined) ? ['needs either scenarios or a reason why there are none'] : [];
      const unknown = here.filter((id) => !ids.has(id)).map((id) => `names the scenario ${id}, which does not exist`);
      return [...twice, ...says, ...unknown].map((mistake) => `${title}: "${name}" ${mistake}`);
    });
  });
}
