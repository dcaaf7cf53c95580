import type { MasqueradeState } from '../../../model/masquerade.ts';
import { type TableState, tableOf } from '../state.ts';
import { oneOf } from '../text.ts';

/** Table netvet-masquerade: Pods leave the cluster under the address of their node. */
export function masqueradeTable({ sources, except }: MasqueradeState): TableState {
  const rule = `ip saddr ${oneOf(sources)} ip daddr != ${oneOf(except)} masquerade fully-random`;
  const rules = sources.length === 0 ? [] : [rule];
  const about = 'Pods leave the cluster under the address of their node';
  const hook = 'type nat hook postrouting priority 100;';
  return tableOf('netvet-masquerade', {}, { 'nat-postrouting': { hook, rules, about } });
}
