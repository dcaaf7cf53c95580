import { stringify } from 'yaml';
import { budgetText } from './budget.ts';
import type { Level, NotRun, Run, Scenario } from './model.ts';
import { nothingJudged, outcome, summarize } from './outcome.ts';

/** Undefined: which scenarios there are besides was not written down. */
type Others = readonly NotRun[] | undefined;

/**
 * What an implementation can show: per profile (the area of the scenarios) what is core and what is extended, with
 * every skip and failure named, after https://gateway-api.sigs.k8s.io/geps/gep-1709/#conformance-report-api. What was
 * skipped or not run is never like a pass: a part of the suite is `partial`.
 */
export function conformance(run: Run): string {
  const profiles = Map.groupBy(run.scenarios, profileOf);
  // a run whose scenarios were not chosen by tags is a part of the suite, whatever it knows of
  const others: Others = run.tags === undefined ? undefined : run.notRun;
  const names = new Set([...profiles.keys(), ...(others ?? []).map(({ area }) => area)]);
  const report = {
    apiVersion: 'netvet/conformance/v1',
    kind: 'ConformanceReport',
    date: run.startedAt,
    netvet: run.netvet,
    implementation: run.cni,
    cluster: run.cluster,
    claim: claim(run),
    run: run.id,
    command: run.command,
    ...(run.tags !== undefined && { tags: run.tags || 'all' }),
    ...(run.profile && { profile: run.profile.name }),
    profiles: [...names].map((name) => {
      const scenarios = profiles.get(name) ?? [];
      const absent = others?.filter(({ area }) => area === name);
      const has = (wanted: Level) => [...scenarios, ...(absent ?? [])].some((each) => each.level === wanted);
      return {
        name,
        core: level('core', scenarios, absent),
        ...(has('extended') && { extended: level('extended', scenarios, absent) }),
        ...(scenarios.some((each) => each.level === 'observed') && { observed: observed(scenarios) }),
      };
    }),
    ...(run.budget?.length && {
      budget: run.budget.map((line) => `${line.kept ? 'kept' : 'exceeded'}: ${budgetText(line)}`),
    }),
    ...(run.problems !== undefined && { problems: run.problems }),
  };
  return stringify(report, { lineWidth: 0 });
}

const profileOf = ({ area, feature }: Scenario): string => area ?? feature;

/** Results of the embedded cluster, of a mutant or of half a run say nothing of an implementation on a real cluster. */
function claim(run: Run): string {
  if (run.cni.mutant !== undefined) return 'none: the implementation was given a fault on purpose';
  if (run.cluster.provider === 'embedded')
    return 'none: embedded clusters are for trying and developing; a claim comes from kind or a real cluster';
  if (run.interrupted) return 'none: the run was interrupted';
  if (nothingJudged(run) !== undefined) return 'none: nothing was judged';
  if (outcome(run) === 'broken') return 'none: something was broken';
  if (outcome(run) === 'failed') return 'the implementation does not pass';
  return `the implementation passes ${ofCore(run)}`;
}

function ofCore({ tags, scenarios, notRun }: Run): string {
  const core = scenarios.filter(({ level }) => level === 'core');
  const passed = core.filter(({ status }) => status === 'passed').length;
  if (tags === undefined || notRun === undefined) return `a part of the core scenarios, ${passed}`;
  const all = core.length + notRun.filter(({ level }) => level === 'core').length;
  return passed === all ? `all ${all} core scenarios` : `a part of the core scenarios, ${passed} of ${all}`;
}

function level(wanted: Level, all: readonly Scenario[], others: Others) {
  const scenarios = all.filter((each) => each.level === wanted);
  const absent = others?.filter((each) => each.level === wanted);
  const { passed, failed, flaky, skipped, observed, broken } = summarize(scenarios);
  const isWhole = absent?.length === 0 && skipped + observed === 0;
  const named = (['failed', 'flaky', 'broken', 'skipped'] as const).flatMap((status) => {
    const all = scenarios.filter((each) => each.status === status);
    return all.length === 0 ? [] : [[status, all.map(({ id, reason }) => (reason ? `${id}: ${reason}` : id))]];
  });
  return {
    result: failed + flaky + broken > 0 ? 'failure' : scenarios.length === 0 ? 'none' : isWhole ? 'success' : 'partial',
    statistics: {
      passed,
      failed,
      ...(flaky > 0 && { flaky }),
      skipped,
      broken,
      ...(observed > 0 && { observed }),
      notRun: absent?.length ?? 'unknown',
    },
    ...Object.fromEntries(named),
    ...(absent !== undefined && absent.length > 0 && { notRun: absent.map(whyNot) }),
  };
}

const whyNot = ({ id, selected }: NotRun): string => (selected ? `${id}: the run ended before it had` : id);

function observed(all: readonly Scenario[]): Record<string, string> {
  const scenarios = all.filter((each) => each.level === 'observed');
  return Object.fromEntries(scenarios.map(({ id, status, reason }) => [id, reason ?? status]));
}
