import type { Cell, Measurement, Run, Scenario, Status, Step, Verdict } from '../model.ts';
import { slug } from '../names.ts';
import { summarize } from '../outcome.ts';
import { catalogue, type Entry } from './catalogue.ts';
import { random, sampleLoad, samplePaths } from './load.ts';

const denied = (from: string) => `expected denied from ${from} to shop/db TCP/5432`;

/** What goes wrong in the sample, by scenario name. */
const mishaps: Record<string, { status: Status; reason: string; leaks?: number }> = {
  'a Pod that gets another label': {
    status: 'failed',
    reason: `${denied('shop/web')} within 10 s, seen leaked in 41 of 41 rounds`,
    leaks: 1,
  },
  'an address block with a hole': {
    status: 'failed',
    reason: `${denied('elsewhere/stranger')}, seen allowed: the "except" of the block has no effect`,
    leaks: 2,
  },
  'no request is lost while it scales 5 to 2': {
    status: 'failed',
    reason: '7 requests were lost (4 connection refused, 3 timeout), and none may be',
  },
  'a NodePort answers on every node': {
    status: 'broken',
    reason: 'the agent of Pod shop/client stopped answering: exec stream closed (1006)',
  },
  'a range of ports': { status: 'skipped', reason: 'the cluster does not know endPort (Kubernetes before 1.25)' },
  'a hostPort is open on its node': { status: 'skipped', reason: 'the CNI does not claim hostPort' },
  'an open connection stays where it is': { status: 'observed', reason: 'the connection was still open after 10 s' },
  'an open connection when a policy appears': {
    status: 'observed',
    reason: 'the connection was cut 212 ms after the policy',
  },
};

function cellsOf(entry: Entry, leaks: number): Cell[] {
  const pods = entry.matrix ?? [];
  const pairs = pods.flatMap((from) => {
    const others = pods.filter((to) => to !== from);
    return others.map((to) => ({ from, to, port: to.endsWith('db') ? 5432 : 8080, protocol: 'TCP' as const }));
  });
  const before = pairs.map((pair): Cell => ({ ...pair, expected: 'allowed', verdict: 'allowed', step: 2 }));
  if (!entry.change) return before;
  let left = leaks;
  const after = pairs.map((pair, i): Cell => {
    const denied = pair.to.endsWith('db') && !pair.from.endsWith('client');
    if (!denied) return { ...pair, expected: 'allowed', verdict: 'allowed', step: 4 };
    left -= 1;
    const held: Verdict = i % 5 === entry.name.length % 3 ? 'rejected' : 'dropped';
    const verdict = left < 0 ? held : leaks > 1 ? 'allowed' : 'leaked';
    return { ...pair, expected: 'denied', verdict, step: 4 };
  });
  return [...before, ...after];
}

const policyText = `metadata: { name: only-the-frontend }
spec:
  podSelector: { matchLabels: { app: database } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: frontend } } }]
      ports: [{ protocol: TCP, port: 5432 }]`;
const podTable = [
  ['Pod', 'namespace', 'labels', 'node'],
  ['client', 'shop', 'app=client', '1'],
  ['web', 'shop', 'app=web, team=shop', '2'],
  ['db', 'shop', 'app=db', '1'],
];

function stepsOf(entry: Entry, status: Status, reason: string | undefined, durationMs: number): Step[] {
  const last = entry.steps.length - 1;
  const hook: Step = { text: 'Before: a namespace of its own', status: 'passed', durationMs: 180, hook: true };
  const steps = entry.steps.map((text, i): Step => {
    const table = i === 0 && entry.change ? { table: podTable } : {};
    const more = text.includes('polic') ? { block: policyText } : table;
    const share = {
      keyword: ['Given', 'And', 'When', 'Then'][i + (entry.steps.length < 4 ? 1 : 0)] ?? 'And',
      text,
      ...more,
      durationMs: Math.round(durationMs * (i === last ? 0.6 : 0.4 / Math.max(1, last))),
    };
    if (status === 'skipped') return { ...share, durationMs: 0, status };
    if (i !== last || status === 'passed' || status === 'observed') return { ...share, status: 'passed' };
    const stack = status === 'broken' ? '\n    at Channel.request (steps/probe/channel.ts:118:13)' : '';
    return { ...share, status, error: `${reason}${stack}` };
  });
  return [hook, ...steps];
}

/** What netvet load writes. */
export function loadSample(): Run {
  const run = sample({ mishaps: false });
  const scenarios = run.scenarios.filter(({ area }) => area === 'load');
  const [first] = scenarios as [Scenario];
  return { ...run, summary: summarize(scenarios), scenarios, load: [samplePaths(first.id, 'keep-alive')] };
}

/** A realistic run, for tests and to look at. Its figures are made up: never to be shown as a result. */
export function sample(options: { mishaps?: boolean } = {}): Run {
  const next = random(7);
  const scenarios = catalogue.flatMap(([path, entries]) => {
    const [area, feature] = path.split('/') as [string, string];
    return entries.map((entry, i): Scenario => {
      const { level } = entry;
      const mishap = options.mishaps === false && level !== 'observed' ? undefined : mishaps[entry.name];
      const status = mishap?.status ?? 'passed';
      const skipped = status === 'skipped';
      const usual = 1000 * (entry.seconds ?? (entry.change ? 1.9 : 0.7));
      const durationMs = skipped ? 3 : Math.round(usual * (0.85 + 0.3 * next()));
      const convergence = 30 + 190 * next() ** 2 + (next() > 0.93 ? 420 : 0);
      const measured = { convergence, 'leak window': next() > 0.55 ? 0 : convergence * next() };
      const measurements = Object.entries({ ...measured, stable: convergence + 1000 + 30 * next() }).map(
        ([name, value]): Measurement => ({ name, value: Math.round(value * 10) / 10, unit: 'ms' }),
      );
      const cells = skipped || status === 'broken' ? [] : cellsOf(entry, mishap?.leaks ?? 0);
      return {
        id: `${area}/${slug(feature)}/${slug(entry.name)}`,
        feature,
        area,
        source: `features/${area}/${slug(feature)}.feature:${6 + 7 * i}`,
        name: entry.name,
        tags: [...new Set([`@${area}`, `@${level}`, ...entry.tags])],
        level,
        status,
        ...(mishap !== undefined && { reason: mishap.reason }),
        durationMs,
        measurements: entry.change && !skipped && status !== 'broken' ? measurements : [],
        ...(cells.length > 0 && { cells }),
        steps: stepsOf(entry, status, mishap?.reason, durationMs),
      };
    });
  });
  const [rolling, scaling] = scenarios.filter(({ area }) => area === 'load') as [Scenario, Scenario];
  return {
    schema: 'netvet/run/v1',
    id: '20261123-141500',
    startedAt: '2026-11-23T14:15:00.000Z',
    durationMs: 84_260,
    command: 'netvet run --cluster embedded --cni reference --nodes 3',
    netvet: '0.1.0',
    cluster: { provider: 'embedded', kubernetes: 'v1.34.0', nodes: 3, kernel: '6.12.48+deb13-amd64' },
    cni: { name: 'reference', version: '0.1.0' },
    environment: { Node: 'v24.21.0', Machine: '2 × AMD EPYC 7B13, 7.8 GiB', k6: 'v2.2.0', 'Scenarios at once': '4' },
    summary: summarize(scenarios),
    tags: '',
    notRun: [],
    scenarios,
    load: [sampleLoad(rolling.id, 21, {}), sampleLoad(scaling.id, 42, options.mishaps === false ? {} : { 7: 4, 8: 3 })],
    resources: ['control-plane', 'worker', 'worker2'].map((node, i) => ({
      node,
      workload: 'netvet-cni',
      memoryBytes: 61_300_000 + 4_100_000 * i,
      cores: { least: 0.0021 + i / 2000, mean: 0.021, most: 0.38 + i / 10 },
    })),
  };
}
