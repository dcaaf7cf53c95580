import type { Run, Status } from '../../report/index.ts';
import { whyBroken } from './result.ts';
import type { Finished } from './trial.ts';

/** The same scenarios on the CNI without a fault: had they failed there too, a kill would prove nothing. */
export interface Control {
  /** Of the fabric that mutants need: 'auto' is the usual one. */
  fabric: 'auto' | 'vxlan';
  /** Watches were late (--adversary). */
  isLate: boolean;
  scenarios: number;
  durationMs: number;
  /** What did not pass, one sentence each. Empty: the control holds. */
  problems: string[];
}

/** Every scenario that may kill has to pass here. Of the whole suite (`full`) some are skipped or only observed. */
export function controlOf(
  { fabric, isLate, wanted }: Pick<Control, 'fabric' | 'isLate'> & { wanted: readonly string[] },
  full: boolean,
  { run, ending, durationMs }: Finished,
): Control {
  const fine: Status[] = full ? ['passed', 'observed', 'skipped'] : ['passed'];
  const problems = run === undefined ? [ending] : problemsOf(run, wanted, fine);
  return { fabric, isLate, scenarios: wanted.length, durationMs, problems };
}

function problemsOf(run: Run, wanted: readonly string[], fine: readonly Status[]): string[] {
  const byId = new Map(run.scenarios.map((scenario) => [scenario.id, scenario]));
  const scenarios = wanted.flatMap((id) => {
    const scenario = byId.get(id);
    if (scenario !== undefined && fine.includes(scenario.status)) return [];
    return [`${id} ${scenario?.status ?? 'did not run'}${scenario?.reason ? `: ${scenario.reason}` : ''}`];
  });
  if (scenarios.length > 0) return scenarios;
  const broken = (run.problems ?? []).length > 0 ? whyBroken(run) : undefined;
  return broken === undefined ? [] : [broken];
}
