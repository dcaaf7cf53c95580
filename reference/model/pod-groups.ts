import type { LabelSelector, Labels } from './objects.ts';
import type { PodFacts } from './pod-facts.ts';

/** Pods of one namespace with equal labels: a selector is tried on each group, not on each Pod. */
interface PodGroup {
  namespace: string;
  labels: Labels;
  addresses: string[];
}

/** All Pods that can be peers, arranged for selectors. */
export class PodGroups {
  readonly #byNamespace = new Map<string, Map<string, PodGroup>>();
  /** By those labels that somebody has asked for. */
  readonly #byLabel = new Map<string, Map<string, Set<PodGroup>>>();

  add(address: string, { namespace, labels, labelsKey }: PodFacts): void {
    let groups = this.#byNamespace.get(namespace);
    if (groups === undefined) this.#byNamespace.set(namespace, (groups = new Map<string, PodGroup>()));
    const known = groups.get(labelsKey);
    if (known !== undefined) return void known.addresses.push(address);
    const group = { namespace, labels, addresses: [address] };
    groups.set(labelsKey, group);
    for (const [key, byValue] of this.#byLabel) label(byValue, key, group);
  }

  remove(address: string, { namespace, labelsKey }: PodFacts): void {
    const groups = this.#byNamespace.get(namespace);
    const group = groups?.get(labelsKey);
    if (groups === undefined || group === undefined) return;
    group.addresses = group.addresses.filter((one) => one !== address);
    if (group.addresses.length > 0) return;
    groups.delete(labelsKey);
    if (groups.size === 0) this.#byNamespace.delete(namespace);
    for (const [key, byValue] of this.#byLabel) {
      const value: string | undefined = group.labels[key];
      if (value !== undefined && byValue.get(value)?.delete(group) && byValue.get(value)?.size === 0)
        byValue.delete(value);
    }
  }

  /** Groups of one namespace, or of all, whose Pods a selector may pick: those that one of its labels leaves over. */
  candidates(namespace: string | undefined, { matchLabels = {} }: LabelSelector = {}): Iterable<PodGroup> {
    if (namespace !== undefined) return this.#byNamespace.get(namespace)?.values() ?? [];
    const [first] = Object.entries(matchLabels);
    if (first === undefined) return this.#all();
    const [key, value] = first;
    let byValue = this.#byLabel.get(key);
    if (byValue === undefined) {
      byValue = new Map();
      for (const group of this.#all()) label(byValue, key, group);
      this.#byLabel.set(key, byValue);
    }
    return byValue.get(value) ?? [];
  }

  #all(): Iterable<PodGroup> {
    return this.#byNamespace.values().flatMap((groups) => groups.values());
  }
}

function label(byValue: Map<string, Set<PodGroup>>, key: string, group: PodGroup): void {
  if (!Object.hasOwn(group.labels, key)) return;
  const value = group.labels[key] as string;
  const groups = byValue.get(value);
  if (groups === undefined) byValue.set(value, new Set([group]));
  else groups.add(group);
}
