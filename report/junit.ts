import { budgetText } from './budget.ts';
import { sum } from './figures.ts';
import type { Run, Scenario } from './model.ts';
import { nothingJudged, overBudget, summarize } from './outcome.ts';
import { escapeXml, oneLine } from './safe.ts';

type Attributes = Record<string, string | number>;

/**
 * A run as JUnit XML, as Jenkins, GitLab and GitHub's reporters read it. A broken scenario is an error, an observed one
 * counts as skipped, a flaky one is a failure that says so. What broke outside of scenarios, was cut off or judged
 * nothing is an error of its own: a reader that knows nothing but this file never takes it for a pass.
 */
export function junit(run: Run): string {
  const features = Map.groupBy(run.scenarios, ({ area, feature }) =>
    area === undefined ? feature : `${area}: ${feature}`,
  );
  const suites = [...features].map(([name, scenarios]) => suite(name, run, scenarios.map(testcase), scenarios));
  const unjudged = nothingJudged(run);
  const amiss = [
    ...(run.problems ?? []),
    ...(unjudged === undefined ? [] : [unjudged]),
    ...(run.interrupted ? ['the run was interrupted: scenarios that had not finished are missing'] : []),
  ];
  const over = overBudget(run);
  const failed = over.map((line) => failure('budget', `${line.figure} of ${line.area}`, budgetText(line)));
  const broken = amiss.map((problem) => failure('netvet', problem, problem));
  if (over.length > 0) suites.push(suite('budget', run, failed, allEnded('failed', over)));
  if (amiss.length > 0) suites.push(suite('netvet', run, broken, allEnded('broken', amiss)));
  const ended = [...run.scenarios, ...allEnded('failed', over), ...allEnded('broken', amiss)];
  const attributes = { name: `netvet ${run.cni.name}`, ...totals(ended), time: seconds(run.durationMs) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, suites)}\n`;
}

type Counted = Pick<Scenario, 'status' | 'durationMs'>;

const allEnded = (status: Scenario['status'], all: readonly unknown[]): Counted[] =>
  all.map(() => ({ status, durationMs: 0 }));

function totals(scenarios: readonly Counted[]): Attributes {
  const { failed, flaky, skipped, observed, broken } = summarize(scenarios);
  return { tests: scenarios.length, failures: failed + flaky, errors: broken, skipped: skipped + observed };
}

function suite(name: string, run: Run, cases: string[], scenarios: readonly Counted[]): string {
  const time = sum(scenarios.map(({ durationMs }) => durationMs));
  const attributes = {
    name,
    ...totals(scenarios),
    time: seconds(time),
    timestamp: run.startedAt.replace(/(\.\d+)?Z$/, ''),
  };
  return element('testsuite', attributes, [properties(environment(run)), ...cases]);
}

function environment({ cni, cluster, netvet, id, command, environment = {} }: Run): Attributes {
  return {
    cni: cni.name,
    version: cni.version,
    ...(cni.mutant !== undefined && { mutant: cni.mutant }),
    cluster: cluster.provider,
    kubernetes: cluster.kubernetes,
    nodes: cluster.nodes,
    kernel: cluster.kernel,
    netvet,
    run: id,
    command,
    ...environment,
  };
}

function testcase(scenario: Scenario): string {
  const { id, feature, name, source, tags, level, status, durationMs, measurements } = scenario;
  const figures = scenario.distributions
    ? distributed(scenario)
    : measurements.map(({ name, value, unit, disturbed }): [string, number] => [
        `measurement.${name} (${unit}${disturbed ? ', disturbed' : ''})`,
        value,
      ]);
  const attributes = {
    classname: feature,
    name,
    time: seconds(durationMs),
    ...(source !== undefined && { file: source.replace(/:\d+$/, '') }),
  };
  const about = properties({ id, level, status, tags: tags.join(' '), ...looked(scenario) }, figures);
  return element('testcase', attributes, [about, ...result(scenario)]);
}

const looked = ({ looks }: Scenario): Attributes =>
  looks === undefined
    ? {}
    : {
        'looks.sound': looks.sound,
        'looks.void': looks.void,
        'looks.stood still (ms)': looks.longestMs,
        ...(looks.who !== undefined && { 'looks.who': looks.who }),
      };

/** Of a repeated scenario: how each repeat ended, and the spread of its figures. */
function distributed({ repeats = [], distributions = [] }: Scenario): [string, string | number][] {
  return [
    ['repeats', repeats.map(({ status }) => status).join(' ')],
    ...distributions.flatMap(({ name, unit, min, p50, p95, max }) =>
      Object.entries({ min, p50, p95, max }).map(([which, value]): [string, number] => [
        `measurement.${name} ${which} (${unit})`,
        value,
      ]),
    ),
  ];
}

function result({ status, reason = '', steps = [] }: Scenario): string[] {
  if (status === 'passed') return [];
  if (status === 'skipped') return [element('skipped', { message: oneLine(reason) })];
  if (status === 'observed') {
    return [element('skipped', { message: oneLine(`observed, not judged${reason ? `: ${reason}` : ''}`) })];
  }
  const details = steps.flatMap(({ text, error }) => (error === undefined ? [] : [`${text}\n${error}`])).join('\n\n');
  const name = status === 'broken' ? 'error' : 'failure';
  const message = status === 'flaky' ? `flaky: ${reason}` : reason;
  return [element(name, { type: status, message: oneLine(message) }, [escapeXml(details || message)], '')];
}

/** What is no scenario: a bound of the budget that was exceeded, or what broke. */
function failure(classname: 'budget' | 'netvet', name: string, message: string): string {
  const [kind, type] = classname === 'budget' ? ['failure', 'budget'] : ['error', 'broken'];
  const why = element(kind, { type, message: oneLine(message) });
  return element('testcase', { classname, name: oneLine(name), time: 0 }, [why]);
}

/** `more`: those of which several may have one name. */
function properties(values: Attributes, more: [string, string | number][] = []): string {
  const all = [...Object.entries(values), ...more].map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, all);
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function element(name: string, attributes: Attributes, children: string[] = [], gap = '\n'): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const open = name + all.join('');
  return children.length === 0 ? `<${open}/>` : `<${open}>${gap}${children.join(gap)}${gap}</${name}>`;
}
