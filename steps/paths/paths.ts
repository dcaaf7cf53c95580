import { setTimeout as delay } from 'node:timers/promises';
import { accountOf, type Recording, type Script } from '../../load/index.ts';
import { type Ground, K6, Ledger } from '../churn/index.ts';
import type { KubeObject } from '../kube/index.ts';
import { settled } from '../shop/rollout.ts';
import { cadence } from '../waits.ts';
import type { Worker } from '../worker.ts';
import { database, databasePort } from '../workloads/database/index.ts';
import { frontend, frontendCode, frontendPorts, serverSource } from '../workloads/frontend/index.ts';
import { service } from '../workloads/index.ts';
import { k6Scripts } from '../workloads/visitor-k6/index.ts';

/** The paths, as the backends count them, and what reports call them. */
export const pathNames = {
  service: 'Service path',
  direct: 'same Pods dialled directly',
  host: 'Service from the node’s own network',
} as const;

export type PathKind = keyof typeof pathNames;

const servicePorts = { http: 80, https: 443, grpc: 9000 } as const;
const replicas = 3;

/** A request without an answer for so long is lost. */
const timeoutMs = 2_000;

/** k6 has ended -> the backends' last counts are here. They print them every 100 ms. */
const countsMs = 5_000;

/** One round on one path. */
export interface RoundResult {
  path: PathKind;
  recording: Recording;
  exitCode: number;
}

/** The backends behind their Service, and the client Pods that come and go, in a namespace of their own. */
export class Paths {
  readonly #ground: Ground;
  readonly #script: Script;
  readonly #ledger: Ledger;
  readonly #targets: Record<PathKind, string>;
  readonly #node: string;
  readonly #sofar: Recording = { requests: [], totals: { requests: 0, iterations: 0, dropped: 0 }, notes: [] };
  #worstExit = 0;
  #rounds = 0;

  private constructor(ground: Ground, script: Script, ledger: Ledger, targets: Record<PathKind, string>, node: string) {
    this.#ground = ground;
    this.#script = script;
    this.#ledger = ledger;
    this.#targets = targets;
    this.#node = node;
  }

  /** Makes the backends that a script needs. Resolves once they are Ready. */
  static async open(worker: Worker, script: Script): Promise<Paths> {
    const { kube, parameters } = worker;
    const { images } = parameters;
    const namespace = await worker.makeNamespace({});
    const selector = { app: 'frontend' };
    const ports = Object.entries(servicePorts).map(([name, port]) => ({
      name,
      port,
      targetPort: frontendPorts[name as keyof typeof frontendPorts],
    }));
    await Promise.all([kube.create(frontendCode(namespace, serverSource())), kube.create(k6Scripts(namespace))]);
    const web = await kube.create(service(namespace, 'web', { selector, ports }));
    if (script.database) await openDatabase(worker, namespace);
    const options = { replicas, protocols: true, ...(script.database && { database: 'database' }) };
    await kube.create(frontend(namespace, images.node, options));
    const pods = await settled(kube, { namespace, name: 'frontend' });
    const through = `${web['spec'].clusterIP}:${servicePorts[script.port]}`;
    const direct = pods.map(({ status }) => `${status.podIP}:${frontendPorts[script.port]}`).join(',');
    const ground = { kube, namespace, image: images.k6, create: (object: KubeObject) => kube.create(object) };
    const ledger = Ledger.open(kube, namespace, 'frontend');
    return new Paths(ground, script, ledger, { service: through, direct, host: through }, await worker.nodeCalled(1));
  }

  /** Loads one path for so many seconds. */
  async round(path: PathKind, load: { rate: number; seconds: number; steps: number }): Promise<RoundResult> {
    const env = {
      TARGETS: this.#targets[path],
      KIND: path,
      RATE: load.rate,
      DURATION: `${load.seconds}s`,
      STEPS: load.steps,
      TIMEOUT_MS: timeoutMs,
    };
    const pod = `k6-${(this.#rounds += 1)}-${path}`;
    const options = { script: this.#script.name, env, node: this.#node, hostNetwork: path === 'host' };
    const k6 = await K6.start(this.#ground, pod, options);
    const { recording, exitCode } = await k6.ended(load.seconds);
    await this.#ground.kube.delete({ kind: 'Pod', metadata: { namespace: this.#ground.namespace, name: pod } });
    this.#take(recording, exitCode);
    return { path, recording, exitCode };
  }

  #take({ requests, totals, notes }: Recording, exitCode: number): void {
    const all = this.#sofar;
    for (const request of requests) all.requests.push(request);
    all.notes.push(...notes);
    // a k6 that ended without its totals leaves none
    if (totals === undefined) all.totals = undefined;
    else if (all.totals !== undefined) {
      all.totals.requests += totals.requests;
      all.totals.iterations += totals.iterations;
      all.totals.dropped += totals.dropped;
    }
    if (exitCode !== 0 && (this.#worstExit === 0 || this.#worstExit === 99)) this.#worstExit = exitCode;
  }

  /** Every reason not to trust what was recorded so far: one sentence each; none: both sides agree to the request. */
  async account(): Promise<string[]> {
    const problems = () => accountOf(this.#sofar, this.#worstExit, this.#ledger.counted);
    const deadline = performance.now() + countsMs;
    while (problems().length > 0 && performance.now() < deadline) await delay(cadence.round);
    return problems();
  }
}

async function openDatabase(worker: Worker, namespace: string): Promise<void> {
  const { kube, parameters } = worker;
  const ports = [{ port: databasePort, targetPort: databasePort }];
  await kube.create(service(namespace, 'database', { selector: { app: 'database' }, ports }));
  await kube.create(database(namespace, parameters.images));
  await settled(kube, { namespace, name: 'database' });
}
