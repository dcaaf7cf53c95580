import { countsOf, type Ended } from '../suite.ts';
import { markdown } from '../table.ts';

const statuses = ['passed', 'failed', 'broken', 'observed', 'skipped', 'flaky'] as const;
const seconds = (all: number[]) => (all.reduce((sum, ms) => sum + ms, 0) / all.length / 1000).toFixed(1);

/** The runs under one condition, or why there are none. */
export interface Row {
  condition: string;
  runs: Ended[];
  skipped?: string;
}

/** The status of each scenario over several runs: flaky where they differ; one that a run lacks was not run there. */
export function statusesOf(runs: readonly Pick<Ended, 'scenarios'>[]): Map<string, string> {
  const ids = new Set(runs.flatMap(({ scenarios = [] }) => scenarios.map(({ id }) => id)));
  return new Map(
    [...ids].map((id) => {
      const each = new Set(
        runs.map(({ scenarios = [] }) => scenarios.find((one) => one.id === id)?.status ?? 'not run'),
      );
      return [id, each.size > 1 ? 'flaky' : ([...each][0] as string)];
    }),
  );
}

/** Of the suite under all conditions. */
export function suiteTable(rows: readonly Row[]): string {
  const cells = rows.map(({ condition, runs, skipped }) => {
    if (skipped !== undefined) return [condition, skipped];
    const ended = [...statusesOf(runs).values()];
    const looks = runs.flatMap(({ scenarios = [] }) => scenarios.flatMap((one) => (one.looks ? [one.looks.void] : [])));
    return [
      condition,
      '',
      ...statuses.map((status) => String(ended.filter((one) => one === status).length)),
      looks.length === 0 ? '-' : String(looks.reduce((sum, count) => sum + count, 0)),
      seconds(runs.map(({ wallMs }) => wallMs)),
      seconds(runs.map(({ cpuMs }) => cpuMs)),
    ];
  });
  const head = ['condition', '', ...statuses, 'void looks', 'wall s', 'CPU s'];
  return [
    markdown(
      head,
      cells.map((row) => head.map((_, i) => row[i] ?? '')),
      2,
    ),
    ...rows.flatMap(reasons),
  ].join('\n\n');
}

/** Of everything that failed or broke, run by run. */
function reasons({ condition, runs }: Row): string[] {
  const all = runs.flatMap(({ scenarios = [], problems }, i) => [
    ...problems.map((problem) => `- run ${i + 1}: ${problem}`),
    ...scenarios
      .filter(({ status }) => status === 'failed' || status === 'broken')
      .map(({ id, status, reason = '' }) => `- run ${i + 1}, ${status}: ${id}: ${reason}`),
  ]);
  return all.length === 0 ? [] : [`${condition}:\n${all.join('\n')}`];
}

/** What `netvet mutate --json` says. */
interface Mutated {
  controls: { problems: string[] }[];
  mutants: { name: string; fate: string; reason?: string; killers: { id: string }[] }[];
}

/** What became of each mutant. One that was not tried, as when the run without a fault did not pass, is broken. */
export function fatesOf(
  wanted: readonly string[],
  { said, problems }: Pick<Ended, 'said' | 'problems'>,
): { name: string; fate: string; why: string }[] {
  let result: Mutated = { controls: [], mutants: [] };
  try {
    result = JSON.parse(said) as Mutated;
  } catch {
    // it ended before it had a result: all are broken
  }
  const control = result.controls.flatMap((one) => one.problems)[0] ?? problems[0] ?? '';
  return wanted.map((name) => {
    const one = result.mutants.find((mutant) => mutant.name === name);
    return {
      name,
      fate: one?.fate ?? 'broken',
      why: one ? (one.reason ?? one.killers[0]?.id ?? '') : `not tried: ${control}`,
    };
  });
}

/** Of the mutants under all conditions. */
export function mutantTable(rows: readonly (Row & { fates: ReturnType<typeof fatesOf> })[]): string {
  const cells = rows.map(({ condition, skipped, fates, runs }) => [
    condition,
    skipped ?? countsOf(fates.map(({ fate }) => fate)),
    ...(runs[0] ? [seconds([runs[0].wallMs]), seconds([runs[0].cpuMs])] : ['', '']),
  ]);
  const bad = rows.flatMap(({ condition, fates }) =>
    fates
      .filter(({ fate }) => fate !== 'killed')
      .map(({ name, fate, why }) => `- ${condition}, ${name}: ${fate}: ${why}`),
  );
  return [
    markdown(['condition', 'mutants', 'wall s', 'CPU s'], cells, 2),
    ...(bad.length > 0 ? [bad.join('\n')] : []),
  ].join('\n\n');
}
