import type { MasqueradeState } from '../../../model/masquerade.ts';
import type { TableState } from '../state.ts';
import { oneOf } from '../text.ts';

/** Table netvet-masquerade: Pods leave the cluster under the address of their node. */
export function masqueradeTable({ sources, except }: MasqueradeState): TableState {
  const rule = `ip saddr ${oneOf(sources)} ip daddr != ${oneOf(except)} masquerade fully-random`;
  return {
    name: 'netvet-masquerade',
    sets: new Map(),
    chains: new Map([
      [
        'nat-postrouting',
        { hook: 'type nat hook postrouting priority 100;', rules: sources.length === 0 ? [] : [rule] },
      ],
    ]),
    learned: new Map(),
  };
}
