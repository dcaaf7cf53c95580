import type { Backend, Counted, Happening, Pause } from '../../load/index.ts';
import { isReady } from '../actor.ts';
import { containersOf, type Kube, type KubeObject, type Where } from '../kube/index.ts';
import { waits } from '../waits.ts';
import { followLog } from './log.ts';

interface Endpoint {
  conditions?: { ready?: boolean };
  targetRef?: { name?: string };
}

interface Entry extends Backend {
  state: 'starting' | 'ready' | 'terminating' | 'gone';
  log: Promise<void>;
}

/** What backends say of the requests they got, from the start to the end of each one's log, also of those replaced. */
export class Ledger {
  /** What became of the Pods, by the harness's clock. */
  readonly happenings: Happening[] = [];
  /** What explains a loss, too fine for a picture: when a Pod closed, and was in and out of its Service. */
  readonly details: Happening[] = [];
  readonly #entries = new Map<string, Entry>();
  readonly #kube: Kube;
  readonly #container: string;
  #inService = new Set<string>();
  #closed = false;
  /** Whether the Pods of the beginning have been seen: how they came about is not this load's business. */
  #begun = false;

  private constructor(kube: Kube, container: string) {
    this.#kube = kube;
    this.#container = container;
  }

  /** Begins to follow the Pods labelled app=NAME, now and later, and whether they are in the Service. */
  static open(kube: Kube, namespace: string, name: string, service: string): Ledger {
    const ledger = new Ledger(kube, name);
    const follow = (where: Where, see: (objects: KubeObject[]) => void) => {
      const watching = kube.until(where, 'the ledger to be closed', waits.load, (objects) => {
        see(objects);
        return ledger.#closed || undefined;
      });
      // what it has missed shows in the account
      void watching.catch(() => undefined);
    };
    follow({ kind: 'Pod', namespace, labelSelector: `app=${name}` }, (pods) => ledger.#see(pods));
    const ofService = `kubernetes.io/service-name=${service}`;
    follow({ kind: 'EndpointSlice', namespace, labelSelector: ofService }, (slices) => ledger.#route(slices));
    return ledger;
  }

  #route(slices: KubeObject[]): void {
    const endpoints = slices.flatMap((slice) => (slice['endpoints'] ?? []) as Endpoint[]);
    const ready = new Set(endpoints.filter((one) => one.conditions?.ready).flatMap((one) => one.targetRef?.name ?? []));
    const at = Date.now();
    for (const name of ready.difference(this.#inService)) this.details.push({ at, label: `${name} is in the Service` });
    for (const name of this.#inService.difference(ready))
      this.details.push({ at, label: `${name} is out of the Service` });
    this.#inService = ready;
  }

  #see(pods: KubeObject[]): void {
    for (const pod of pods) this.#note(pod);
    const present = new Set(pods.map((pod) => this.#called(pod)));
    for (const [name, entry] of this.#entries) if (!present.has(name)) this.#enter(name, entry, 'gone');
    this.#begun = true;
  }

  /** A container that was started again begins its counters and its log anew: it is an entry of its own. */
  #called(pod: KubeObject): string {
    const { name } = pod.metadata;
    const restarts = containersOf(pod).find((one) => one.name === this.#container)?.restartCount ?? 0;
    return restarts === 0 ? name : `${name} (restart ${restarts})`;
  }

  #note(pod: KubeObject): void {
    const name = this.#called(pod);
    if (!isRunning(pod, this.#container) && !this.#entries.has(name)) return;
    const entry = this.#entries.get(name) ?? this.#begin(name, pod);
    if (pod.metadata.deletionTimestamp !== undefined) this.#enter(name, entry, 'terminating');
    else if (isReady(pod)) this.#enter(name, entry, 'ready');
  }

  #begin(called: string, pod: KubeObject): Entry {
    const { name, namespace = '' } = pod.metadata;
    const entry: Entry = { process: called, pauses: [], counts: {}, state: 'starting', log: Promise.resolve() };
    entry.log = followLog(this.#kube, { namespace, pod: name, container: this.#container }, (line) => {
      const { process, counts, paused, closed } = saidIn(line);
      if (process !== undefined) entry.process = process;
      Object.assign(entry.counts, counts);
      if (paused !== undefined) entry.pauses.push(paused);
      if (closed) this.details.push({ at: Date.now(), label: `${called} has closed` });
    });
    void entry.log.catch(() => undefined);
    this.#entries.set(called, entry);
    return entry;
  }

  #enter(name: string, entry: Entry, state: Entry['state']): void {
    const known = entry.state === state || (entry.state === 'starting' && !this.#begun);
    entry.state = state;
    if (!known) this.happenings.push({ at: Date.now(), label: `${name} ${state}` });
  }

  /** What each process counted, as far as it is known by now, those that are gone included. */
  get backends(): Backend[] {
    return [...this.#entries.values()];
  }

  /** Resolves once the logs of Pods that are gone have ended; rejects with BrokenError if one broke off before. */
  async finish(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.values()].filter(({ state }) => state === 'gone').map(({ log }) => log));
  }
}

const isRunning = (pod: KubeObject, container: string): boolean =>
  containersOf(pod).some(({ name, state }) => name === container && state?.running !== undefined);

interface Said {
  process?: string;
  counts?: Record<string, Counted>;
  paused?: Pause;
  closed?: boolean;
}

/** What a line of a backend's log says, if it is one of the lines that are meant for this. */
function saidIn(line: string): Said {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}
