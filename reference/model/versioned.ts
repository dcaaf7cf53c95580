/** A set of texts that is only read: a Set, or a version of one. */
export interface Elements {
  readonly size: number;
  has(element: string): boolean;
  keys(): IterableIterator<string>;
}

/**
 * A large set of texts of which a little changes at a time. Each version stays what it is, however many come after it;
 * a new one costs no more than what it changes. The newest has the elements, and each older one knows what the next
 * one changed.
 */
export class VersionedSet implements Elements {
  /** Those of the newest version, which all share. */
  readonly #elements: Set<string>;
  #next: VersionedSet | undefined;
  /** Element -> whether this version has it: what the next one changed. */
  #unlikeNext = new Map<string, boolean>();
  readonly size: number;

  private constructor(elements: Set<string>) {
    this.#elements = elements;
    // of this version: what comes later has its own
    this.size = elements.size;
  }

  static of(elements: Iterable<string>): VersionedSet {
    return new VersionedSet(new Set(elements));
  }

  /** The next version, where these elements have gone and then those have come; the same where that changes nothing. */
  next(gone: Iterable<string>, come: Iterable<string>): VersionedSet {
    if (this.#next !== undefined) throw new Error('only the newest version of a set can be changed');
    const before = new Map<string, boolean>();
    const elements = this.#elements;
    const note = (element: string) => before.has(element) || before.set(element, elements.has(element));
    for (const element of gone) {
      note(element);
      elements.delete(element);
    }
    for (const element of come) {
      note(element);
      elements.add(element);
    }
    for (const [element, was] of before) if (elements.has(element) === was) before.delete(element);
    if (before.size === 0) return this;
    this.#next = new VersionedSet(elements);
    this.#unlikeNext = before;
    return this.#next;
  }

  has(element: string): boolean {
    for (const version of VersionedSet.#from(this)) {
      const known = version.#unlikeNext.get(element);
      if (known !== undefined) return known;
    }
    return this.#elements.has(element);
  }

  /** The elements of this version, whatever becomes of later ones meanwhile. */
  keys(): IterableIterator<string> {
    const unlike = this.#unlikeNewest();
    const kept =
      unlike.size === 0 ? [...this.#elements] : [...this.#elements].filter((element) => !unlike.has(element));
    for (const [element, has] of unlike) if (has) kept.push(element);
    return kept.values();
  }

  /** Elements that this version and an earlier one may not both have. Undefined: it is no version of this set. */
  changedSince(earlier: Elements): Iterable<string> | undefined {
    const changed = new Set<string>();
    if (!(earlier instanceof VersionedSet)) return undefined;
    for (const version of VersionedSet.#from(earlier)) {
      if (version === this) return changed;
      for (const element of version.#unlikeNext.keys()) changed.add(element);
    }
    return undefined;
  }

  #unlikeNewest(): Map<string, boolean> {
    const unlike = new Map<string, boolean>();
    for (const version of VersionedSet.#from(this)) {
      for (const [element, has] of version.#unlikeNext) if (!unlike.has(element)) unlike.set(element, has);
    }
    return unlike;
  }

  /** A version and all that came after it. */
  static *#from(first: VersionedSet): Generator<VersionedSet> {
    for (let version: VersionedSet | undefined = first; version !== undefined; version = version.#next) yield version;
  }
}
