import { stringify } from 'yaml';
import { budgetText } from './budget.ts';
import type { Level, Run, Scenario } from './model.ts';
import { outcome, summarize } from './outcome.ts';

/**
 * What an implementation can show: per profile (the area of the scenarios) what is core and what is extended, with every skip
 * and every failure named, after gateway-api's ConformanceReport
 * (https://gateway-api.sigs.k8s.io/geps/gep-1709/#conformance-report-api). A skip never looks like a pass.
 */
export function conformance(run: Run): string {
  const profiles = Map.groupBy(run.scenarios, ({ area, feature }) => area ?? feature);
  const report = {
    apiVersion: 'netvet/conformance/v1',
    kind: 'ConformanceReport',
    date: run.startedAt,
    netvet: run.netvet,
    implementation: {
      name: run.cni.name,
      version: run.cni.version,
      ...(run.cni.mutant !== undefined && { mutant: run.cni.mutant }),
    },
    cluster: {
      provider: run.cluster.provider,
      kubernetes: run.cluster.kubernetes,
      nodes: run.cluster.nodes,
      kernel: run.cluster.kernel,
    },
    claim: claim(run),
    run: run.id,
    profiles: [...profiles].map(([name, scenarios]) => ({
      name,
      core: level(scenarios, 'core'),
      ...(scenarios.some((each) => each.level === 'extended') && { extended: level(scenarios, 'extended') }),
      ...(scenarios.some((each) => each.level === 'observed') && { observed: observed(scenarios) }),
    })),
    ...(run.budget?.length && {
      budget: run.budget.map((line) => `${line.kept ? 'kept' : 'exceeded'}: ${budgetText(line)}`),
    }),
    ...(run.problems !== undefined && { problems: run.problems }),
  };
  return stringify(report, { lineWidth: 0 });
}

/** Results of the embedded cluster, of a mutant or of half a run say nothing of an implementation on a real cluster. */
function claim(run: Run): string {
  if (run.cni.mutant !== undefined) return 'none: the implementation was given a fault on purpose';
  if (run.cluster.provider === 'embedded')
    return 'none: embedded clusters are for trying and developing; a claim comes from kind or a real cluster';
  if (run.interrupted) return 'none: the run was interrupted';
  if (outcome(run) === 'broken') return 'none: something was broken';
  return outcome(run) === 'passed' ? 'the implementation passes what was run' : 'the implementation does not pass';
}

function level(all: readonly Scenario[], wanted: Level) {
  const scenarios = all.filter((each) => each.level === wanted);
  const { passed, failed, flaky, skipped, observed, broken } = summarize(scenarios);
  const ids = (status: Scenario['status']) =>
    scenarios.filter((each) => each.status === status).map(({ id, reason }) => (reason ? `${id}: ${reason}` : id));
  const bad =
    failed + flaky + broken > 0 ? 'failure' : skipped + observed > 0 ? 'partial' : passed > 0 ? 'success' : 'none';
  return {
    result: bad,
    statistics: { passed, failed, ...(flaky > 0 && { flaky }), skipped, broken, ...(observed > 0 && { observed }) },
    ...(failed > 0 && { failed: ids('failed') }),
    ...(flaky > 0 && { flaky: ids('flaky') }),
    ...(broken > 0 && { broken: ids('broken') }),
    ...(skipped > 0 && { skipped: ids('skipped') }),
  };
}

function observed(all: readonly Scenario[]): Record<string, string> {
  const scenarios = all.filter((each) => each.level === 'observed');
  return Object.fromEntries(scenarios.map(({ id, status, reason }) => [id, reason ?? status]));
}
