/** The objects of one kind, what happened to them lately, and who is listening. */
import type { Change, KubeObject } from '../../objects.ts';
import { expired } from '../errors.ts';

/** A change that has a place in the order of all changes. */
export interface LoggedChange extends Change {
  revision: number;
}

export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

export class Table {
  readonly #objects = new Map<string, KubeObject>();
  /** Keys in the order of lists: that of etcd, whose keys are bytes; names are ASCII, so text compares alike. */
  readonly #keys: string[] = [];
  #log: LoggedChange[] = [];
  /** Changes up to and including this revision may be gone from the log. */
  #forgotten = 0;
  readonly #listeners = new Set<(change: LoggedChange) => void>();
  readonly #history: number;

  /** `history`: how many changes are kept for watches that resume. */
  constructor(history: number) {
    this.#history = history;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** All objects by namespace, then name. */
  list(): KubeObject[] {
    return this.#keys.map((key) => this.#objects.get(key) as KubeObject);
  }

  /** The list as it was at `revision`. Throws 410 Expired if some of the changes since then are no longer known. */
  listAt(revision: number): KubeObject[] {
    const changes = this.since(revision);
    if (changes.length === 0) return this.list();
    const objects = new Map(this.#objects);
    for (const { object, old } of changes.toReversed()) {
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      if (old === undefined) objects.delete(key);
      else objects.set(key, old);
    }
    return [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Where the key is, or belongs. */
  #place(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Stores the change and tells every listener. */
  commit(key: string, change: LoggedChange): void {
    if (change.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, change.object);
    if (change.type === 'ADDED') this.#keys.splice(this.#place(key), 0, key);
    else if (change.type === 'DELETED') this.#keys.splice(this.#place(key), 1);
    this.#log.push(change);
    // trimmed in bulk, so that the cost per change stays constant
    if (this.#log.length > 2 * this.#history) {
      const gone = this.#log.length - this.#history;
      this.#forgotten = (this.#log[gone - 1] as LoggedChange).revision;
      this.#log = this.#log.slice(gone);
    }
    for (const listener of this.#listeners) listener(change);
  }

  /** Changes after `revision`. Throws 410 Expired if some of them are no longer known. */
  since(revision: number): LoggedChange[] {
    if (revision < this.#forgotten) throw expired(`too old resource version: ${revision} (${this.#forgotten + 1})`);
    return this.#log.filter((change) => change.revision > revision);
  }

  /** Calls `listener` inside each commit, until the returned function is called. */
  listen(listener: (change: LoggedChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
