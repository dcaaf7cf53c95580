import type { ScenarioName } from '../../report/index.ts';
import type { Row, Table } from './tables.ts';

const intro = `# Coverage

Which tests of other suites have an equivalent here, and which scenarios have one there. The names are those of the
files named above each table. A scenario's id is the path of its feature file under \`features/\` and the words of its
name, as in \`run.json\`. "Equivalent" means that a network which fails one fails the other. Topology, ports and names
differ, and one scenario often stands for several tests. Where there is no equivalent, the reason is given.

\`node scripts/coverage.ts --write\` makes this page from the tables in \`scripts/coverage/\` and the feature files. A
test fails when an id in it does not exist or a scenario is missing.
`;

/** Names are other people's: shown as they are written. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** In lines of at most 120 columns. */
const wrapped = (text: string): string => text.replaceAll(/(.{1,120})(?: |$)/g, '$1\n').trimEnd();

const answer = ({ here = [], not }: Row): string =>
  here.length > 0 ? here.map(code).join('<br>') : `not here: ${not}`;

function forward({ title, source, rows }: Table): string {
  const there = rows.filter(({ here = [] }) => here.length > 0).length;
  const lines = rows.map((row) => `| ${code(row.name)} | ${answer(row)} |`);
  return [
    `## ${title}`,
    '',
    wrapped(source),
    '',
    `${there} of ${rows.length} have an equivalent.`,
    '',
    '| there | here |',
    '|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** Id of a scenario -> the tests of other suites that it is an equivalent of. */
function namesById(tables: Table[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { prefix, rows } of tables.filter(({ upstream }) => upstream)) {
    for (const { name, here = [] } of rows) {
      for (const id of here) names.set(id, [...(names.get(id) ?? []), `${prefix}${name}`]);
    }
  }
  return names;
}

function reverse(tables: Table[], scenarios: ScenarioName[]): string {
  const names = namesById(tables);
  const alone = scenarios.filter(({ id }) => !names.has(id)).length;
  const lines = scenarios.map(({ id }) => `| ${code(id)} | ${names.get(id)?.map(code).join('<br>') ?? 'nowhere'} |`);
  const count = `There are ${scenarios.length} scenarios. ${alone} have no equivalent in these suites: "nowhere".`;
  return ['## From here to there', '', count, '', '| here | there |', '|---|---|', ...lines, ''].join('\n');
}

export function page(tables: Table[], scenarios: ScenarioName[]): string {
  return [intro, ...tables.map(forward), reverse(tables, scenarios)].join('\n');
}
