import {
  accountOf,
  apartMs,
  type PathKind,
  poolOf,
  type Recording,
  type Script,
  timeoutMs,
  withVoid,
} from '../../load/index.ts';
import type { KubeObject } from '../kube/index.ts';
import { K6 } from '../load/k6.ts';
import { Ledger } from '../load/ledger.ts';
import { BrokenError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { settled } from '../rollout.ts';
import { waits } from '../waits.ts';
import type { Worker } from '../worker.ts';
import { database, databasePort } from '../workloads/database.ts';
import { frontend, frontendCode, frontendPorts } from '../workloads/frontend/index.ts';
import { service, serviceFor } from '../workloads/index.ts';
import { k6Scripts } from '../workloads/visitor-k6/index.ts';
import { type Runners, runTogether } from './runners.ts';

/** The paths that a load is on. Several runners have no node of their own, whose network a path would begin on. */
export const pathsOf = (distributed: boolean): PathKind[] =>
  distributed ? ['service', 'direct'] : ['service', 'direct', 'host'];

const servicePorts = { http: 80, https: 443, grpc: 9000 } as const;
const replicas = 3;

/** One round on one path. */
export interface RoundResult {
  path: PathKind;
  /** Of all runners together. */
  recording: Recording;
  /** k6's own, one for each runner. */
  exitCodes: number[];
  /** Milliseconds between the first requests of the first and the last runner, by their nodes' clocks; 0 with one. */
  apartMs: number;
}

/** The backends behind their Service, and the client Pods that come and go, in a namespace of their own. */
export class Paths {
  readonly #around: Awaited<ReturnType<typeof open>>;
  #sofar: Recording | undefined;
  #worstExit = 0;
  #rounds = 0;

  private constructor(around: Awaited<ReturnType<typeof open>>) {
    this.#around = around;
  }

  /** Makes the backends that a script needs; resolves once they are Ready. `runners`: load from several Pods. */
  static async open(worker: Worker, script: Script, runners?: Runners): Promise<Paths> {
    return new Paths(await open(worker, script, runners));
  }

  /** Loads one path for so many seconds. */
  async round(path: PathKind, load: { rate: number; seconds: number; steps: number }): Promise<RoundResult> {
    const { ground, script, ledger, targets, backend, runners } = this.#around;
    const env = {
      TARGETS: targets[path],
      KIND: path,
      RATE: load.rate,
      DURATION: `${load.seconds}s`,
      STEPS: load.steps,
      TIMEOUT_MS: timeoutMs,
    };
    const name = `k6-${(this.#rounds += 1)}-${path}`;
    const options = { script: script.name, env };
    const { seconds } = load;
    const bystander = { pod: backend, container: 'frontend' };
    const ended = await (runners === undefined
      ? this.#alone(name, path, options, seconds)
      : runTogether(ground, name, runners, options, { seconds, bystander }));
    const recordings = ended.map(({ recording }) => withVoid(recording, ledger.backends));
    const exitCodes = ended.map(({ exitCode }) => exitCode);
    const recording = poolOf(recordings);
    this.#take(recording, exitCodes);
    const apart = apartMs(recordings, path);
    // by clocks that differ so much, or with runners that come so late, there is no second in which all of them load
    if (apart > 500 * seconds)
      throw new BrokenError(`the runners began ${apart / 1000} s apart, in a round of ${seconds} s`);
    return { path, recording, exitCodes, apartMs: apart };
  }

  async #alone(pod: string, path: PathKind, options: Parameters<typeof runTogether>[3], seconds: number) {
    const { ground, node } = this.#around;
    const k6 = await K6.start(ground, pod, { ...options, node, hostNetwork: path === 'host' });
    const ended = await k6.ended(seconds);
    await ground.kube.delete({ kind: 'Pod', metadata: { namespace: ground.namespace, name: pod } });
    return [ended];
  }

  #take(recording: Recording, exitCodes: number[]): void {
    this.#sofar = poolOf(this.#sofar === undefined ? [recording] : [this.#sofar, recording]);
    for (const exitCode of exitCodes)
      if (exitCode !== 0 && (this.#worstExit === 0 || this.#worstExit === 99)) this.#worstExit = exitCode;
  }

  /** Every reason not to trust what was recorded so far: one sentence each; none: both sides agree to the request. */
  async account(): Promise<string[]> {
    const sofar = this.#sofar;
    if (sofar === undefined) return [];
    const problems = () => accountOf(sofar, this.#worstExit, this.#around.ledger.backends);
    await poll(waits.counts, () => problems().length === 0);
    return problems();
  }
}

async function open(worker: Worker, script: Script, runners: Runners | undefined) {
  const { kube, parameters } = worker;
  const { images } = parameters;
  const namespace = await worker.makeNamespace({});
  const selector = { app: 'frontend' };
  const ports = Object.entries(servicePorts).map(([name, port]) => ({
    name,
    port,
    targetPort: frontendPorts[name as keyof typeof frontendPorts],
  }));
  await Promise.all([kube.create(frontendCode(namespace)), kube.create(k6Scripts(namespace, runners?.count))]);
  const web = await kube.create(service(namespace, 'web', { selector, ports }));
  if (script.database) await openDatabase(worker, namespace);
  const options = { replicas, protocols: true, ...(script.database && { database: 'database' }) };
  await kube.create(frontend(namespace, images.node, options));
  const pods = await settled(kube, { namespace, name: 'frontend' });
  const through = `${web['spec'].clusterIP}:${servicePorts[script.port]}`;
  const direct = pods.map(({ status }) => `${status.podIP}:${frontendPorts[script.port]}`).join(',');
  const ground = { kube, namespace, image: images.k6, create: (object: KubeObject) => kube.create(object) };
  const ledger = Ledger.open(kube, namespace, 'frontend', 'web');
  const targets = { service: through, direct, host: through };
  const backend = (pods[0] as KubeObject).metadata.name;
  return { ground, script, ledger, targets, backend, runners, node: await worker.nodeCalled(1) };
}

async function openDatabase(worker: Worker, namespace: string): Promise<void> {
  const { kube, parameters } = worker;
  await kube.create(serviceFor(namespace, 'database', 'database', databasePort));
  await kube.create(database(namespace, parameters.images));
  await settled(kube, { namespace, name: 'database' });
}
