import type { Difference, Profile } from '../../load/index.ts';
import { type Scenario, slug } from '../../report/index.ts';
import { type PathKind, pathNames } from '../../steps/paths/index.ts';
import type { LoadOptions } from './options.ts';
import type { Results } from './results.ts';

type Verdict = Pick<Scenario, 'status' | 'reason'>;

export interface Ending {
  /** What both sides disagree about, or what broke; none: nothing did. */
  problems: string[];
  durationMs: number;
  /** It was cut short: what it has not seen to its end is not judged. */
  interrupted?: boolean;
}

const notJudged: Verdict = {
  status: 'skipped',
  reason: 'not judged: the load was interrupted before all of it was there',
};

const shown = (value: number) => String(Number(value.toPrecision(3)));

/** What a load comes to, as scenarios, so that every report has it. The first is the one that its figures belong to. */
export function judge(
  results: Results,
  options: Pick<LoadOptions, 'script' | 'profile' | 'tolerance'>,
  { problems, durationMs, interrupted = false }: Ending,
  distributed = false,
): Scenario[] {
  const { script, profile, tolerance } = options;
  const scenario = (name: string, level: Scenario['level'], said: Verdict): Scenario => ({
    id: `load/${script}/${slug(name)}`,
    feature: `netvet load: ${script}`,
    area: 'load',
    name,
    tags: ['@load'],
    level,
    durationMs: 0,
    measurements: [],
    // what is lost is lost; that nothing is, the rest of the load would have had to show
    ...(interrupted && said.status === 'passed' ? notJudged : said),
  });
  const account = {
    ...scenario(
      'k6 and the backends agree on every request',
      'core',
      brokenIf(problems.length === 0 ? undefined : problems.join('; ')),
    ),
    ...(distributed && { measurements: [{ name: 'runners began within', value: results.apartMs, unit: 'ms' }] }),
  };
  if (problems.length > 0 || results.requests === 0) return [{ ...account, durationMs }];
  const lost = results.paths.map((path) => {
    const name = `Of the requests on the path "${pathNames[path]}", at most ${profile.lost} are lost`;
    return scenario(name, 'core', lostVerdict(results, path, profile));
  });
  const costs = options.script === 'ramp' ? [] : results.differences.flatMap((each) => cost(each, profile, scenario));
  const [first] = results.differences;
  const known = `The difference is known to within ${tolerance} %`;
  const precision = scenario(known, 'observed', precisionVerdict(results, tolerance));
  const { rateProblem } = results;
  const rate = brokenIf(rateProblem && `${rateProblem}; ${remedy}`);
  // the rate of a ramp is one that cannot be kept in the end
  const asked = script === 'ramp' ? [] : [scenario('k6 kept the rate that was asked for', 'core', rate), ...lost];
  return [{ ...account, durationMs }, ...asked, ...costs, ...(first ? [precision] : [])];
}

const brokenIf = (reason: string | undefined): Verdict =>
  reason === undefined ? { status: 'passed' } : { status: 'broken', reason };

const remedy = 'a bigger machine, or a lower --rate, lets k6 keep it';

function lostVerdict(results: Results, path: PathKind, profile: Profile): Verdict {
  const lost = results.lost(path);
  if (lost > profile.lost) return { status: 'failed', reason: `${lost} were lost` };
  const doubt = results.undecided(path, profile.lost);
  return brokenIf(doubt && `${doubt}; ${remedy}`);
}

/** A bound is missed only when the whole interval is beyond it, and held only when the whole of it is below. */
function cost(
  { of, from, mean, low, high, rounds }: Difference,
  { differenceMs }: Profile,
  scenario: (name: string, level: Scenario['level'], verdict: Verdict) => Scenario,
): Scenario[] {
  const bound = differenceMs[of];
  if (bound === undefined) return [];
  const names = [pathNames[of as PathKind], pathNames[from as PathKind]] as const;
  const seen = `${shown(mean)} ms, 95 % interval ${shown(low)} to ${shown(high)} ms over ${rounds} rounds`;
  const verdict: Verdict =
    low > bound
      ? { status: 'failed', reason: `it takes ${seen}` }
      : high <= bound
        ? { status: 'passed' }
        : { status: 'observed', reason: `the bound lies within the interval: ${seen}` };
  return [scenario(`p50 of "${names[0]}" is at most ${bound} ms above "${names[1]}"`, 'extended', verdict)];
}

function precisionVerdict(results: Results, tolerance: number): Verdict {
  const { precision = Number.POSITIVE_INFINITY, complete } = results;
  const seen = `±${shown(precision)} % of the figure that it starts from, after ${complete} rounds`;
  return { status: 'observed', reason: results.isNarrow(tolerance) ? seen : `time was up at ${seen}` };
}
