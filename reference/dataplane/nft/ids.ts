/**
 * Identities in the kernel. They stand in the connection mark: a balancer's while an endpoint is being chosen,
 * afterwards, for as long as the connection lives, the endpoint's: `conntrack -L` names the endpoint of each.
 */
import type { Balancer, Endpoint } from '../../model/services/index.ts';

/** Bits of the mark. A balancer's id has neither of the first two. */
export const bits = { masquerade: 0x80000000, endpoint: 0x40000000, shortcut: 0x20000000 } as const;

/** Each endpoint's own part of its id. */
const OWN = 0x3fffffff;

export const mark = (id: number) => `0x${id.toString(16)}`;

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/**
 * Gives out ids. An endpoint's follows from what it is (Service port, way of treating traffic, address, port), so that
 * an agent that starts again gives the same ones and learned affinity and existing flows keep their meaning. One that
 * is already another's moves on to the next; none goes to another endpoint while affinity could still name the first.
 */
export class Ids {
  #lastBalancer = 0;
  readonly #balancers = { plain: new Map<string, number>(), withShortcut: new Map<string, number>() };
  readonly #owners = new Map<number, string>();

  balancer(key: string, hasShortcut: boolean): number {
    const balancers = this.#balancers[hasShortcut ? 'withShortcut' : 'plain'];
    let id = balancers.get(key);
    if (id === undefined) {
      this.#lastBalancer += 1;
      id = hasShortcut ? this.#lastBalancer + bits.shortcut : this.#lastBalancer;
      balancers.set(key, id);
    }
    return id;
  }

  endpoint({ key, masquerade }: Balancer, { address, port }: Endpoint): number {
    const name = [key, ' ', address, ':', port].join('');
    let own = fnv(name) & OWN;
    while ((this.#owners.get(own) ?? name) !== name) own = (own + 1) & OWN;
    this.#owners.set(own, name);
    return own + bits.endpoint + (masquerade ? bits.masquerade : 0);
  }

  get size(): number {
    const { plain, withShortcut } = this.#balancers;
    return plain.size + withShortcut.size + this.#owners.size;
  }

  /** Ids of others may be given again: by now no client's affinity should name them. */
  forgetAllBut(balancers: Set<string>, endpoints: Set<number>): void {
    for (const ids of Object.values(this.#balancers)) {
      for (const key of ids.keys()) if (!balancers.has(key)) ids.delete(key);
    }
    const live = new Set([...endpoints].map((id) => (id & OWN) >>> 0));
    for (const own of this.#owners.keys()) if (!live.has(own)) this.#owners.delete(own);
  }
}

/** Puts ids in places 0 to n-1; those that had such a place keep it, so that few elements change in the kernel. */
export function arrange(before: number[], now: number[]): number[] {
  if (before.length === 0) return now;
  const wanted = new Set(now);
  const kept = before.slice(0, now.length).map((id) => (wanted.delete(id) ? id : undefined));
  const waiting = wanted.values();
  return now.map((_, place) => kept[place] ?? (waiting.next().value as number));
}
