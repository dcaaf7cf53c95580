import { World as CucumberWorld, type IWorldOptions } from '@cucumber/cucumber';
import { Actor, podsReady } from './actor.ts';
import type { Kube, KubeObject } from './kube/index.ts';
import { Looking } from './looking.ts';
import { BrokenError, mediaTypes, SkipError } from './outcome.ts';
import type { WorldParameters } from './parameters.ts';
import { type Cell, type Convergence, type Late, runRound, satisfies, type Target } from './probe/index.ts';
import { type Namespaces, type Pair, proveClean, type Role, type Stage, stageFor } from './stage.ts';
import { asNamed, found, targetOf } from './targets.ts';
import { cellOf, failureOf } from './verdicts.ts';
import { cadence, fine } from './waits.ts';
import { whyOf } from './why.ts';
import { type Worker, workerFor } from './worker.ts';
import { type AgentPod, agentPod } from './workloads/index.ts';

let keys = 0;

/** Scenarios say "shop" and "frontend"; this is what they mean, and what was seen. One per scenario. */
export class World extends CucumberWorld<WorldParameters> {
  readonly worker: Worker;
  /** What the scenario calls it -> its real name. */
  readonly namespaces = new Map<string, string>();
  readonly actors = new Map<string, Actor>();
  readonly services = new Map<string, KubeObject>();
  /** When the API accepted the last change, by performance.now(). */
  changedAt = performance.now();
  /** What may be late, for it has not been followed yet: how long that takes is to be measured. */
  late: Late = 'nothing';
  /** The same for those who have not looked yet, once somebody has followed the change: nodes hear of it one by one. */
  lateElsewhere: Late = 'nothing';
  /** Who has seen the last change: for them nothing is late any more. */
  readonly seenBy = new Set<string>();
  /** Cells that this scenario will probe: what its positive control is about. */
  pairs: Pair[] = [];
  /** The feature's file. */
  feature = '';
  /** It is about what others take for granted, that Pods reach each other: where not, it fails and is not broken. */
  isBaseline = false;
  /** Whatever one step leaves for a later one. */
  readonly notes = new Map<string, unknown>();
  #stage: Stage | undefined;
  readonly #cleanUps: (() => Promise<unknown>)[] = [];
  /** How it looks, and how often it has. */
  readonly looking = new Looking(this);

  constructor(options: IWorldOptions<WorldParameters>) {
    super(options);
    this.worker = workerFor(options.parameters);
  }

  get kube(): Kube {
    return this.worker.kube;
  }

  /** An attempt of a look that is done again and again waits so long, in ms. */
  get timeoutMs(): number {
    return this.worker.patience.timeoutMs;
  }
  /** An attempt that has to be answered waits so long, in ms. */
  get answerMs(): number {
    return this.worker.patience.answerMs;
  }

  // --- what the scenario has ---

  /** Namespaces and Pods that stay standing from scenario to scenario, proven to reach each other. */
  async useStage(namespaces: Namespaces, roles: Role[]): Promise<void> {
    const stage = await stageFor(this.worker, namespaces, roles, this.pairs, this.isBaseline);
    this.#stage = stage;
    for (const [name, real] of stage.namespaces) this.namespaces.set(name, real);
    for (const [name, actor] of stage.actors) this.actors.set(name, actor);
  }

  /** Hands the stage back: without this scenario's policies its Pods reach each other again. */
  async leaveStage(): Promise<void> {
    if (this.#stage !== undefined) await proveClean(this.worker, this.#stage, this.pairs);
  }

  /** A namespace of this scenario alone; deleted after it. */
  async makeNamespace(name: string, labels: Record<string, string> = {}): Promise<string> {
    const real = await this.worker.makeNamespace(labels);
    this.namespaces.set(name, real);
    this.defer(() => this.kube.delete({ kind: 'Namespace', metadata: { name: real } }));
    return real;
  }

  /** Real name of a namespace that the scenario has named. */
  namespace(name: string): string {
    return found(this.namespaces, name, 'namespace');
  }
  actor(name: string): Actor {
    return found(this.actors, name, 'Pod');
  }
  service(name: string): KubeObject {
    return found(this.services, name, 'Service');
  }
  /** What the scenario calls the Pod whose agent has that id. */
  nameOf(agentId?: string): string | undefined {
    return [...this.actors.values()].find(({ channel }) => channel.agentId === agentId)?.name;
  }

  /** Starts fresh Pods with agents, all at once; they go after the scenario. */
  async start(namespace: string, pods: Record<string, AgentPod>): Promise<Actor[]> {
    const real = this.namespace(namespace);
    const names = Object.keys(pods);
    const objects = Object.entries(pods).map(([name, pod]) => agentPod(real, name, this.parameters.images.node, pod));
    // what a node takes to start them says nothing of the network: what is followed is that they are there
    return this.disturb(async () => {
      await Promise.all(objects.map((object) => this.#make(object)));
      return this.meet(await podsReady(this.kube, real, names));
    });
  }

  /** Opens channels to running Pods; the scenario calls them by `names`, by default their own. */
  async meet(pods: KubeObject[], names = pods.map(({ metadata }) => metadata.name)): Promise<Actor[]> {
    const actors = await Promise.all(pods.map((pod, i) => Actor.meet(this.kube, names[i] as string, pod)));
    for (const actor of actors) {
      this.actors.set(actor.name, actor);
      this.defer(async () => actor.channel.close());
    }
    return actors;
  }

  // --- what the scenario changes ---

  /** Creates an object that goes after the scenario, and notes when it was accepted. */
  create(object: KubeObject): Promise<KubeObject> {
    // a Pod that comes changes nothing of what is denied
    return this.change(() => this.#make(object), /^(Pod|Deployment)$/.test(object.kind) ? 'allowed' : 'all');
  }

  #make(object: KubeObject): Promise<KubeObject> {
    this.defer(() => this.kube.delete(object, object.kind === 'Pod' ? { grace: 0 } : {}));
    return this.kube.create(object);
  }

  /** Carries out a change; what follows is measured from the moment it was accepted. */
  async change<T>(change: () => Promise<T>, late: Late = 'all'): Promise<T> {
    const before = this.late;
    const result = await change();
    this.changedAt = performance.now();
    this.late = before === 'all' ? before : late;
    this.lateElsewhere = 'nothing';
    this.seenBy.clear();
    return result;
  }

  /**
   * Carries out something that changes nothing of what is denied: Pods start, a node or an agent goes and comes back.
   * What follows is measured from its end, and only what is allowed may be late.
   */
  disturb<T>(disturbance: () => Promise<T>): Promise<T> {
    return this.change(disturbance, 'allowed');
  }

  /** Somebody has followed the last change. */
  followed(): void {
    if (this.late === 'nothing') return;
    this.lateElsewhere = this.late;
    this.late = 'nothing';
  }

  /** The disturbance is over: measures what it took, and what follows is measured from now on. */
  recovered(name: string): void {
    this.measure(name, performance.now() - this.changedAt, 'ms');
    this.changedAt = performance.now();
  }

  /** Runs after the scenario, last deferred first, whatever became of it. */
  defer(cleanUp: () => Promise<unknown>): void {
    this.#cleanUps.push(cleanUp);
  }

  /** The same, after everything else: for what other clean-ups need. */
  deferToEnd(cleanUp: () => Promise<unknown>): void {
    this.#cleanUps.unshift(cleanUp);
  }

  async cleanUp(): Promise<void> {
    const failures: string[] = [];
    for (const cleanUp of this.#cleanUps.splice(0).toReversed()) {
      await cleanUp().catch((error: Error) => failures.push(error.message));
    }
    if (failures.length > 0) throw new BrokenError(`cleaning up: ${failures.join('; ')}`);
  }

  // --- what the scenario sees ---

  /** A target in the words of a matrix: `database:8081`, `Service web`, `name web.shop:80/UDP`. */
  target(text: string): Target {
    return targetOf(this, text);
  }

  /** Follows the last change until the cells are right, and measures how long it took; fails with what was seen. */
  async expectCells(cells: Cell[], what = ''): Promise<Convergence> {
    const result = await this.followCells(cells);
    if (!result.undecided) this.attach(JSON.stringify(result.last.results.map(cellOf)), mediaTypes.cells);
    if (!result.held) throw failureOf(result, await this.#why(result));
    this.measureConvergence(result, what);
    return result;
  }

  /** The policies and rules that should have decided the cells that are wrong, as far as that can be told. */
  async #why({ last }: Convergence): Promise<string[]> {
    const wrong = last.results.filter(({ cell, verdict }) => !satisfies(verdict, cell.expected));
    const why = whyOf(this.kube, wrong).then((lines) => lines.map((line) => asNamed(line, this.namespaces)));
    return why.catch((error: Error) => [`(which policy decides could not be told: ${error.message})`]);
  }

  /** Follows the last change until the cells are as expected or the budget ends. */
  followCells(cells: Cell[]): Promise<Convergence> {
    const { everyMs } = this.parameters.bounds;
    // only a change that is measured needs it
    const followed = everyMs === undefined ? cadence.dense : fine(everyMs);
    const schedule = this.late === 'nothing' ? cadence.calm : followed;
    return this.looking.followRounds(() => runRound(cells, this.timeoutMs, this.worker.patience), schedule);
  }

  /** Only the first look after a change can tell how long it took, and one for which it was late. */
  measureConvergence(result: Convergence, what: string): void {
    if (this.late === 'nothing' && !result.wasLate) return;
    this.followed();
    const { convergenceMs, leakMs, stableMs, precisionMs, disturbed } = result;
    const figures = { convergence: convergenceMs, 'leak window': leakMs, stable: stableMs };
    for (const [name, ms] of Object.entries({ ...figures, 'precision of the clocks': precisionMs }))
      this.measure(what === '' ? name : `${name}, ${what}`, ms, 'ms', disturbed);
  }

  /** A word that nothing else in the run uses: nonces, keys of streams. */
  freshKey(): string {
    return `${this.worker.id}-${(keys++).toString(36)}`;
  }

  /** A figure for the report. */
  measure(name: string, value: number, unit: string, disturbed = false): void {
    const figure = { name, value: Math.round(value * 1000) / 1000, unit, ...(disturbed && { disturbed }) };
    this.attach(JSON.stringify(figure), mediaTypes.measurement);
  }

  /** What the scenario saw is implementation-defined: it is reported and not judged. */
  observe(reason: string): void {
    this.attach(JSON.stringify({ status: 'observed', reason }), mediaTypes.outcome);
  }

  /** Ends the scenario as skipped when there is a reason to. */
  skipIf(reason: string | false | undefined): void {
    if (reason) throw new SkipError(reason);
  }
}
