import { AssertionError } from 'node:assert/strict';
import {
  accountOf,
  beginning,
  type Happening,
  isLost,
  longPausesMs,
  lossOf,
  pausesMs,
  type Recording,
  rateProblem,
  seriesOf,
  summaryOf,
  timeoutMs,
  undecided,
  withVoid,
} from '../../load/index.ts';
import type { KubeObject } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { frontendOf, settled } from '../rollout.ts';
import { someOf } from '../steady.ts';
import { waits } from '../waits.ts';
import { frontend, frontendCode, frontendPort } from '../workloads/frontend/index.ts';
import { serviceFor } from '../workloads/index.ts';
import { k6Scripts } from '../workloads/visitor-k6/index.ts';
import type { World } from '../world.ts';
import { K6, moreRoom } from './k6.ts';
import { Ledger } from './ledger.ts';

/** Load of the run model; the report itself fills in the scenario. */
const mediaType = 'application/vnd.netvet.load+json';

export interface Underway {
  k6: K6;
  ledger: Ledger;
  rate: number;
  /** It lasts for so long at least, however soon all is over. */
  seconds: number;
  happenings: Happening[];
  recording?: Recording;
  /** The Pods that there were at last, and how many requests had ended when all of them were Ready. */
  last?: { pods: string[]; requests: number };
}

const noteKey = 'the load';
export const underway = (world: World): Underway => world.notes.get(noteKey) as Underway;

/** So many frontends, without a database, behind the Service "web"; `killable`: see FrontendOptions. */
export async function openFrontends(world: World, replicas: number, killable: boolean): Promise<void> {
  world.skipIf(world.parameters.unavailable['k6']);
  const namespace = await world.makeNamespace('shop');
  await world.create(frontendCode(namespace));
  await world.create(serviceFor(namespace, 'web', 'frontend', 80, frontendPort));
  await world.create(frontend(namespace, world.parameters.images.node, { replicas, killable }));
  await settled(world.kube, frontendOf(world));
}

/** Starts k6, which goes on until the account is closed, and the backends' ledger. Resolves once k6 runs. */
export async function startK6(world: World, rate: number, seconds: number): Promise<void> {
  const namespace = world.namespace('shop');
  const ledger = Ledger.open(world.kube, namespace, 'frontend', 'web');
  const env = {
    SERVICE_URL: 'http://web/hello',
    DIRECT_PORT: frontendPort,
    RATE: rate,
    DURATION: `${waits.load / 1000}s`,
    TIMEOUT_MS: timeoutMs,
    REUSE: 0,
  };
  await world.create(k6Scripts(namespace));
  const { kube, parameters } = world;
  const ground = { kube, namespace, image: parameters.images.k6, create: (object: KubeObject) => world.create(object) };
  const k6 = await K6.start(ground, 'k6', { script: 'service-path', env });
  world.notes.set(noteKey, { k6, ledger, rate, seconds, happenings: [] } satisfies Underway);
}

/** Ends the load once it has lasted, puts it into the report, and breaks the scenario unless the account is exact. */
export async function closeAccount(world: World): Promise<void> {
  const { k6, ledger, seconds, happenings } = underway(world);
  await k6.lasts(seconds);
  const { recording: heard, exitCode } = await k6.end();
  const problems = () => accountOf(heard, exitCode, ledger.backends, true);
  await poll(waits.counts, () => problems().length === 0);
  await ledger.finish();
  const recording = withVoid(heard, ledger.backends);
  world.notes.set(noteKey, { ...underway(world), recording } satisfies Underway);
  report(world, recording, [...happenings, ...ledger.happenings]);
  if (problems().length > 0) throw new BrokenError(`the load's account is not exact: ${problems().join('; ')}`);
}

function report(world: World, recording: Recording, happenings: Happening[]): void {
  const summary = summaryOf(recording, happenings);
  world.attach(JSON.stringify(summary), mediaType);
  countLooks(world, recording);
  const disturbed = longPausesMs(recording.pauses) > 0;
  for (const { name, sent, answered, void: unknown = 0, latency } of summary.series) {
    world.measure(`requests sent, ${name}`, sent, 'requests');
    world.measure(`requests lost, ${name}`, sent - answered - unknown, 'requests');
    world.measure(`p50, ${name}`, latency.p50, 'ms', disturbed);
    world.measure(`p99, ${name}`, latency.p99, 'ms', disturbed);
  }
  measureLosses(world, recording);
  world.measure('Pods that answered', new Set(recording.requests.flatMap(({ pod }) => pod ?? [])).size, 'Pods');
  world.measure('requests due and never sent', recording.totals?.dropped ?? 0, 'requests');
  world.measure('k6 stood still at most', Math.max(0, ...recording.pauses.map(({ ms }) => ms)), 'ms');
}

const throughService = ({ requests }: Recording): Recording['requests'] =>
  requests.filter(({ kind }) => kind === 'service');

/** Each request through the Service is a look at the way to it. */
function countLooks(world: World, recording: Recording): void {
  const through = throughService(recording);
  const unknown = through.flatMap((request) => request.void ?? []);
  const stood = [...recording.pauses.map(({ ms }) => ({ who: 'k6', ms })), ...unknown].toSorted((a, b) => b.ms - a.ms);
  const looks = { sound: through.length - unknown.length, void: unknown.length };
  world.looking.count({ ...looks, stood: stood[0] ?? { who: '', ms: 0 } });
}

/** When requests through the Service were lost, in seconds of the load, and for how long. */
function measureLosses(world: World, recording: Recording): void {
  const through = throughService(recording);
  const lost = through.filter(isLost);
  if (lost.length === 0) return;
  const began = beginning(through);
  const first = Math.min(...lost.map(({ startedMs }) => startedMs));
  const last = Math.max(...lost.map(({ startedMs }) => startedMs));
  world.measure('first request lost', (first - began) / 1000, 's');
  world.measure('last request lost', (last - began) / 1000, 's');
  world.measure('affected', Math.max(...lost.map(({ startedMs, ms }) => startedMs + ms)) - first, 'ms');
}

/** Fails if more requests through the Service were lost than so many. Broken if it has not, and nobody can tell. */
export function judgeLoad(world: World, budget: number): void {
  const { recording, happenings, ledger, rate } = underway(world) as Required<Underway>;
  const through = throughService(recording);
  const lost = through.filter(isLost);
  if (lost.length <= budget) {
    const doubt = undecided(through, budget) ?? rateProblem(recording, rate, pausesMs(recording.pauses));
    if (doubt === undefined) return;
    throw new BrokenError(`${doubt}; ${moreRoom}`);
  }
  const began = beginning(through);
  const after = (at: number) => `${((at - began) / 1000).toFixed(3)} s`;
  const all = [...happenings, ...ledger.happenings, ...ledger.details].toSorted((a, b) => a.at - b.at);
  const lines = [
    ...someOf(lost.map((request) => `  ${after(request.startedMs)}: ${lossOf(request)}`)),
    ...all.map(({ at, label }) => `  ${after(at)}: ${label}`),
  ];
  const { lost: reasons } = seriesOf('', through, began);
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
  const most = budget > 0 ? `, more than ${budget}` : '';
  const share = `${lost.length} of ${through.length}`;
  const head = `${share} requests through the Service were lost${most} (${counts.join(', ')}):`;
  throw new AssertionError({ message: [head, ...lines].join('\n') });
}
