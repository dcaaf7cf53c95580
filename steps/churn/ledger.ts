import type { Counted, Happening } from '../../load/index.ts';
import { isReady } from '../actor.ts';
import type { Kube, KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';
import { followLog } from './log.ts';

interface Entry {
  counts: Record<string, Counted>;
  state: 'starting' | 'ready' | 'terminating' | 'gone';
  log: Promise<void>;
}

/**
 * What the backends themselves say of the requests they got: each prints its counters, the last time when it has closed, and
 * every Pod's log is followed from its start, so that those that were replaced are in the account too.
 */
export class Ledger {
  /** What became of the Pods, by the harness's clock. */
  readonly happenings: Happening[] = [];
  readonly #entries = new Map<string, Entry>();
  readonly #kube: Kube;
  readonly #container: string;
  #closed = false;
  /** Whether the Pods that there were in the beginning have been seen: how they came about is not this load's business. */
  #begun = false;

  private constructor(kube: Kube, container: string) {
    this.#kube = kube;
    this.#container = container;
  }

  /** Begins to follow the Pods labelled app=NAME, those that there are and those that will be. */
  static open(kube: Kube, namespace: string, name: string): Ledger {
    const ledger = new Ledger(kube, name);
    const where = { kind: 'Pod', namespace, labelSelector: `app=${name}` };
    const watching = kube.until(where, 'the ledger to be closed', waits.rollout, (pods: KubeObject[]) =>
      ledger.#see(pods),
    );
    // what it has missed shows in the account
    void watching.catch(() => undefined);
    return ledger;
  }

  #see(pods: KubeObject[]): true | undefined {
    for (const pod of pods) this.#note(pod);
    const present = new Set(pods.map((pod) => this.#called(pod)));
    for (const [name, entry] of this.#entries) if (!present.has(name)) this.#enter(name, entry, 'gone');
    this.#begun = true;
    return this.#closed || undefined;
  }

  /** A container that was started again begins its counters and its log anew: it is an entry of its own. */
  #called({ metadata, status }: KubeObject): string {
    const own = (status?.containerStatuses ?? []).find((one: { name: string }) => one.name === this.#container);
    const restarts = (own?.restartCount ?? 0) as number;
    return restarts === 0 ? metadata.name : `${metadata.name} (restart ${restarts})`;
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
    const entry: Entry = { counts: {}, state: 'starting', log: Promise.resolve() };
    entry.log = followLog(this.#kube, { namespace, pod: name, container: this.#container }, (line) => {
      Object.assign(entry.counts, countsIn(line));
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

  /** All Pods' counters together, as far as they are known by now. */
  get counted(): Record<string, Counted> {
    const sums: Record<string, Counted> = {};
    for (const { counts } of this.#entries.values()) {
      for (const [kind, { received, answered }] of Object.entries(counts)) {
        const sum = (sums[kind] ??= { received: 0, answered: 0 });
        sum.received += received;
        sum.answered += answered;
      }
    }
    return sums;
  }

  /** Resolves once the logs of the Pods that are gone have ended; rejects with BrokenError if one broke off before its end. */
  async finish(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.values()].filter(({ state }) => state === 'gone').map(({ log }) => log));
  }
}

const isRunning = ({ status }: KubeObject, container: string): boolean =>
  (status?.containerStatuses ?? []).some(
    (one: { name: string; state?: { running?: object } }) => one.name === container && one.state?.running !== undefined,
  );

/** The counters in a line of a backend's log; none in any other line. */
function countsIn(line: string): Record<string, Counted> {
  try {
    return (JSON.parse(line) as { counts?: Record<string, Counted> }).counts ?? {};
  } catch {
    return {};
  }
}
