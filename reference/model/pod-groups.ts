import type { LabelSelector, Labels } from './objects.ts';
import type { PodFacts } from './pod-facts.ts';
import { selects } from './selectors.ts';

/** Pods of one namespace with equal labels: a selector is tried on each group, not on each Pod. */
export interface PodGroup {
  namespace: string;
  labels: Labels;
  addresses: string[];
}

/** All Pods that can be peers, arranged for selectors. */
export class PodGroups {
  readonly #byNamespace = new Map<string, Map<string, PodGroup>>();
  readonly #byLabel = new Map<string, Map<string, PodGroup[]>>();

  constructor(byAddress: Map<string, PodFacts>) {
    for (const [address, { namespace, labels, labelsKey }] of byAddress) {
      let groups = this.#byNamespace.get(namespace);
      if (groups === undefined) this.#byNamespace.set(namespace, (groups = new Map<string, PodGroup>()));
      const group = groups.get(labelsKey);
      if (group === undefined) groups.set(labelsKey, { namespace, labels, addresses: [address] });
      else group.addresses.push(address);
    }
  }

  /** Addresses of the Pods that a selector picks, in one namespace or in those that `inNamespace` accepts. */
  select(pods: LabelSelector, inNamespace: string | ((namespace: string) => boolean)): Set<string> {
    const accepts = typeof inNamespace === 'string' ? () => true : memoize(inNamespace);
    const candidates =
      typeof inNamespace === 'string' ? (this.#byNamespace.get(inNamespace)?.values() ?? []) : this.#candidates(pods);
    const found = new Set<string>();
    for (const { namespace, labels, addresses } of candidates) {
      if (!selects(pods, labels) || !accepts(namespace)) continue;
      for (const address of addresses) found.add(address);
    }
    return found;
  }

  /** Groups that one of the selector's labels leaves over. */
  #candidates({ matchLabels = {} }: LabelSelector): PodGroup[] {
    const all = () => [...this.#byNamespace.values()].flatMap((groups) => [...groups.values()]);
    const [label] = Object.entries(matchLabels);
    if (label === undefined) return all();
    const [key, value] = label;
    let byValue = this.#byLabel.get(key);
    if (byValue === undefined) {
      const labelled = all().filter(({ labels }) => Object.hasOwn(labels, key));
      byValue = Map.groupBy(labelled, ({ labels }) => labels[key] as string);
      this.#byLabel.set(key, byValue);
    }
    return byValue.get(value) ?? [];
  }
}

function memoize(accepts: (namespace: string) => boolean): (namespace: string) => boolean {
  const known = new Map<string, boolean>();
  return (namespace) => {
    let answer = known.get(namespace);
    if (answer === undefined) known.set(namespace, (answer = accepts(namespace)));
    return answer;
  };
}
