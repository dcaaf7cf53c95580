/** Faults in bringing a right state to the kernel: too late, or not while the agent starts. */
import type { Desired, Mutant } from '../model/index.ts';
import { type Fault, restarted, spoil } from './fault.ts';

/** How long such an agent is wrong at least; it is right again with the first change after that. */
const wrongMs = 1_000;

/** What an agent gets wrong with the first states that it applies on a node that has Pods already. */
function atRestart(change: (desired: Desired) => Partial<Desired>): Mutant {
  const isRestarted = restarted();
  let began: number | undefined;
  return (desired) => {
    began ??= isRestarted(desired) ? performance.now() : Number.NEGATIVE_INFINITY;
    return performance.now() - began < wrongMs ? { ...desired, ...change(desired) } : desired;
  };
}

export const applyingFaults: Record<string, Fault> = {
  'apply-policies-one-change-late': {
    fault: 'policies are those of the change before: the last one waits until something else changes',
    link: 'https://github.com/aws/aws-network-policy-agent/issues/271',
    seenBy: [
      'policies/first-moment/a-pod-that-dials-from-its-first-millisecond-is-isolated-from-its-first-millisecond',
      'policies/default-deny/a-policy-without-rules-closes-what-comes-in-of-the-pods-that-it-selects',
    ],
    make: () => {
      let last: Desired['policies'] | undefined;
      return (desired) => {
        const policies = last ?? desired.policies;
        last = desired.policies;
        return { ...desired, policies };
      };
    },
  },
  'apply-restart-closes-services': {
    fault: 'an agent that starts again takes all Services away until it knows more',
    link: 'https://github.com/kubernetes/kubernetes/issues/75360',
    seenBy: ['nodes/agents/the-agents-are-rolled-and-nobody-notices'],
    make: () => atRestart(({ services }) => ({ services: { ...services, entries: new Map() } })),
  },
  'apply-restart-opens-policies': {
    fault: 'an agent that starts again lets everything through until it knows more',
    link: 'https://github.com/antrea-io/antrea/issues/3468',
    seenBy: ['nodes/agents/the-agents-are-rolled-and-nobody-notices'],
    make: () => atRestart(({ policies }) => ({ policies: { ...policies, ingress: new Map(), egress: new Map() } })),
  },
  'apply-flushed-rules-stay-away': {
    fault: 'rules that another program has flushed are not loaded again',
    link: 'https://github.com/rancher/rke2/issues/10469',
    seenBy: [
      'nodes/accidents/another-program-takes-away-all-rules-and-they-are-back',
      'nodes/accidents/another-program-takes-away-the-rules-in-all-chains-and-they-are-back',
      'nodes/accidents/another-program-takes-away-the-elements-of-all-sets-and-they-are-back',
    ],
    make: () => spoil('anew', () => ({ tables: false })),
  },
  'apply-deleted-routes-stay-away': {
    fault: 'routes to Pods that another program has deleted are not made again',
    link: 'https://github.com/projectcalico/felix/issues/1185',
    seenBy: ['nodes/accidents/another-program-takes-away-the-routes-to-pods-and-they-are-back'],
    make: () => spoil('anew', () => ({ links: false })),
  },
  'apply-foreign-drops-unsaid': {
    fault: 'another program has the node drop what it forwards, and nobody is told',
    link: 'https://github.com/projectcalico/calico/issues/10149',
    seenBy: ['nodes/accidents/what-another-program-drops-is-either-let-through-or-said'],
    make: () => (desired) => ({ ...desired, passing: [] }),
  },
};
