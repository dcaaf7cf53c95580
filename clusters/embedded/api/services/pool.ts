/** Numbers in use, found in what is stored: nothing is allocated that no Service holds, and nothing is ever leaked. */
import { randomInt } from 'node:crypto';

export interface Pool {
  first: number;
  last: number;
  /** Where allocation begins. What is below is taken only when asked for by number, or when nothing else is left. */
  dynamicFrom: number;
}

// the band below dynamicFrom is for those who ask by number
// https://kubernetes.io/blog/2022/05/23/service-ip-dynamic-and-static-allocation/

/** Host parts of 10.96.0.0/16, without the network's own and its broadcast address. */
export const addresses: Pool = { first: 1, last: 65534, dynamicFrom: 257 };
export const nodePorts: Pool = { first: 30000, last: 32767, dynamicFrom: 30086 };

export const includes = ({ first, last }: Pool, value: number): boolean => value >= first && value <= last;

/** A free number, or undefined if there is none. A random one: an address should not come back soon. */
export function next({ first, last, dynamicFrom }: Pool, used: ReadonlySet<number>): number | undefined {
  const ranges: [number, number][] = [
    [dynamicFrom, last],
    [first, dynamicFrom - 1],
  ];
  for (const [from, to] of ranges) {
    const size = to - from + 1;
    const start = randomInt(size);
    for (let step = 0; step < size; step += 1) {
      const value = from + ((start + step) % size);
      if (!used.has(value)) return value;
    }
  }
  return undefined;
}
