import type { Meta } from '../../model/objects.ts';

/** What every object of the API has, as far as the stores care. */
export interface Stored {
  metadata: Meta;
}

/** What is kept of one object. */
export interface Kept<T> {
  /** `namespace/name` */
  key: string;
  object: T;
  version: number;
}

/** Told of each change: the object before it, and after it. Undefined: there was none, or there is none. */
type Changed<T> = (before: T | undefined, after: T | undefined) => void;

/** How many deleted objects a store remembers, so that a late answer cannot bring one back. */
const remembered = 1000;

/**
 * The objects of one kind as last heard of. Two sources write it: the watch, and single reads made while a Pod is being
 * attached. Versions are compared so that neither takes the other back (resourceVersions of one kind are ordered
 * numbers: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions).
 */
export class Store<T extends Stored> {
  readonly #objects = new Map<string, Kept<T>>();
  readonly #deleted = new Set<string>();
  readonly #slim: (object: T) => T;
  readonly #changed: Changed<T>;
  #values: T[] | undefined;

  /**
   * `slim` keeps of an object what the model reads: a cluster's Pods would fill the memory otherwise. `changed` is told
   * what there was and what there is.
   */
  constructor(slim: (object: T) => T, changed: Changed<T>) {
    this.#slim = slim;
    this.#changed = changed;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyOf({ namespace, name }))?.object;
  }

  /** The same list as long as nothing changes. */
  values(): T[] {
    this.#values ??= Array.from(this.#objects.values(), ({ object }) => object);
    return this.#values;
  }

  /** What the store would keep of an object: a long list is shortened by it while it is being read. */
  shorten(full: T): Kept<T> {
    const { namespace, name, resourceVersion = 0 } = full.metadata;
    return { key: keyOf({ namespace, name }), object: this.#slim(full), version: Number(resourceVersion) };
  }

  /** Takes an object that was read or announced, unless a newer one, or its deletion, is known already. */
  put(full: T): void {
    this.#take(this.shorten(full));
  }

  #take(kept: Kept<T>): void {
    const { key, object, version } = kept;
    if (this.#deleted.has(object.metadata.uid ?? '')) return;
    const known = this.#objects.get(key);
    if (known !== undefined && known.version >= version) return;
    // most updates (conditions, heartbeats) change nothing that is read here: the same object means "no change"
    const same = known !== undefined && JSON.stringify(known.object) === JSON.stringify(object);
    this.#objects.set(key, same ? { ...kept, object: known.object } : kept);
    if (!same) this.#tell(known?.object, object);
  }

  #tell(before: T | undefined, after: T | undefined): void {
    this.#values = undefined;
    this.#changed(before, after);
  }

  remove({ metadata }: Stored): void {
    const { uid = '' } = metadata;
    this.#deleted.add(uid);
    if (this.#deleted.size > remembered) this.#deleted.delete(this.#deleted.values().next().value as string);
    const key = keyOf(metadata);
    const known = this.#objects.get(key)?.object;
    // another uid: it was deleted and made anew
    if (known?.metadata.uid === metadata.uid) this.#delete(key);
  }

  #delete(key: string): void {
    const known = this.#objects.get(key)?.object;
    if (this.#objects.delete(key)) this.#tell(known, undefined);
  }

  /**
   * Takes a whole list made at `version`. What was read singly since then, and is newer, stays; unless the server's
   * versions went back: then the list is all there is.
   */
  replace(list: Kept<T>[], version: string, wentBack = false): void {
    if (wentBack) {
      this.#deleted.clear();
      for (const [key, known] of this.#objects) this.#objects.set(key, { ...known, version: -1 });
    }
    const listed = new Set(list.map(({ key }) => key));
    for (const [key, known] of this.#objects) {
      if (!listed.has(key) && known.version <= Number(version)) this.#delete(key);
    }
    for (const kept of list) this.#take(kept);
  }
}

const keyOf = ({ namespace, name }: { namespace?: string | undefined; name: string }) =>
  // joined: a text that is put together keeps its parts
  [namespace, name].join('/');
