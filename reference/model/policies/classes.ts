import { contentHash } from '../hash.ts';
import type { Subject } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { CompiledPolicy, CompiledRule } from './compile.ts';
import type { AllowRule, Direction, PolicyClass } from './types.ts';

/**
 * The policies that isolate a Pod in one direction. A Pod that the API has not told of yet (or not any more) could be
 * any Pod of its namespace: policies that isolate others there isolate it, and what they allow waits until it is known
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle).
 */
export function isolating(subject: Subject, policies: CompiledPolicy[], direction: Direction): CompiledPolicy[] {
  const { pod } = subject;
  return policies.filter(
    ({ rules, selector }) => rules[direction] !== undefined && (pod === undefined || selects(selector, pod.labels)),
  );
}

const prefix: Record<Direction, string> = { ingress: 'in', egress: 'out' };

/** Names a class by all that it allows and for whom. */
export function className(direction: Direction, policies: CompiledPolicy[], known: boolean): string {
  const content = policies.map(({ name, signature }) => `${name} ${signature}`).toSorted();
  return `${prefix[direction]}-${contentHash(`${known} ${content.join()}`)}`;
}

/** Policies add up: a class allows what any of its policies allows. */
export function makeClass(name: string, direction: Direction, policies: CompiledPolicy[], known: boolean): PolicyClass {
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rules = known
    ? sorted.flatMap((policy) => (policy.rules[direction] ?? []).flatMap((rule) => expand(policy.name, rule)))
    : [];
  return { name, direction, policies: sorted.map((policy) => policy.name), rules };
}

/** One API rule allows any of its peers on any of its ports: each pair is a rule here. */
function expand(policy: string, { index, peers, ports }: CompiledRule): AllowRule[] {
  const sides: Pick<AllowRule, 'peer'>[] =
    peers === undefined ? [{}] : [...peers.selectors, ...peers.cidrs].map(({ set }) => ({ peer: set }));
  const services: Pick<AllowRule, 'ports' | 'namedPort'>[] = [];
  if (ports === undefined) services.push({});
  else {
    if (ports.ranges.length > 0) services.push({ ports: ports.ranges });
    services.push(...ports.named.map(({ set }) => ({ namedPort: set })));
  }
  return sides.flatMap((side) => services.map((service) => ({ policy, index, ...side, ...service })));
}
