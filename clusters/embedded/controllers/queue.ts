/**
 * One controller's work: keys of objects to look at, each at most once at a time. Work is done in the microtask after
 * the event that asked for it, so a change and its consequences happen within the same turn of the event loop.
 */
import { ApiError, type Change, type KubeObject, type Objects } from '../objects.ts';

/** An object's key in a queue: `namespace/name`, or the bare name of what has no namespace. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** The parts of a key. */
export function parts(key: string): [namespace: string | undefined, name: string] {
  const slash = key.indexOf('/');
  return [slash < 0 ? undefined : key.slice(0, slash), key.slice(slash + 1)];
}

/** A queue of the objects of one kind that are new or changed. `sync` gets the newest version of what is there. */
export function queueOf<T extends KubeObject>(objects: Objects, kind: string, sync: (object: T, key: string) => void) {
  const queue = new WorkQueue((key) => {
    const [namespace, name] = parts(key);
    const object = objects.get<T>(kind, namespace, name);
    if (object) sync(object, key);
  });
  queue.watch(objects, kind, ({ object }) => queue.add(keyOf(object)));
  return queue;
}

/** Milliseconds until a failed item is tried again: doubled with each failure, as client-go's queues do. */
const firstRetry = 5;
const longestRetry = 10_000;

/** Microtask rounds without a breath: a controller that disagrees with itself must not stop the event loop. */
const roundsPerTurn = 200;

export class WorkQueue {
  readonly #reconcile: (key: string) => void;
  readonly #report: (error: unknown, key: string) => void;
  #pending = new Set<string>();
  #scheduled = false;
  #rounds = 0;
  #stopped = false;
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  readonly #watches: (() => void)[] = [];

  /** `report` hears of errors that are no refusals of the API: faults of the controller. */
  constructor(reconcile: (key: string) => void, report: (error: unknown, key: string) => void = reportFault) {
    this.#reconcile = reconcile;
    this.#report = report;
  }

  /** Follows a kind until stop(). */
  watch<T extends KubeObject>(objects: Objects, kind: string, handler: (change: Change<T>) => void): void {
    this.#watches.push(objects.watch(kind, handler));
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#pending.add(key);
    this.#schedule();
  }

  /** Adds it later; of several waits for one item the shortest counts. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#stopped) return;
    const due = Date.now() + milliseconds;
    const waiting = this.#timers.get(key);
    if (waiting && waiting.due <= due) return;
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, milliseconds);
    timer.unref();
    this.#timers.set(key, { due, timer });
  }

  stop(): void {
    this.#stopped = true;
    for (const stop of this.#watches) stop();
    this.#pending.clear();
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#rounds === 0) setImmediate(() => (this.#rounds = 0)).unref();
    this.#rounds += 1;
    if (this.#rounds < roundsPerTurn) queueMicrotask(() => this.#drain());
    else setImmediate(() => this.#drain());
  }

  #drain(): void {
    this.#scheduled = false;
    const batch = this.#pending;
    this.#pending = new Set();
    for (const key of batch) {
      if (this.#stopped) return;
      try {
        this.#reconcile(key);
        this.#failures.delete(key);
      } catch (error) {
        this.#failed(key, error);
      }
    }
  }

  #failed(key: string, error: unknown): void {
    // nothing can be created there any more, and what is there is being deleted
    if (isNamespaceTerminating(error)) return;
    if (!(error instanceof ApiError)) this.#report(error, key);
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(firstRetry * 2 ** failures, longestRetry));
  }
}

export function isNamespaceTerminating(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== 403) return false;
  const causes = (error.details?.['causes'] ?? []) as { reason?: string }[];
  return causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

function reportFault(error: unknown, key: string): void {
  console.error(`controller failed on ${key}:`, error);
}
