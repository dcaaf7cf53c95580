import { type FabricState, nodeFabric, podLinks } from './fabric.ts';
import { type HostPortState, hostPorts } from './hostports.ts';
import { type MasqueradeState, masquerade } from './masquerade.ts';
import { lastingBut } from './memo.ts';
import { besideNodes, ownAddresses } from './nodes.ts';
import { type PodPacket, podPackets } from './packets.ts';
import { type PolicyState, policies } from './policies/index.ts';
import { type ServiceState, services } from './services/index.ts';
import { type SpoofingState, spoofing } from './spoofing.ts';
import type { Lost, Snapshot } from './types.ts';

/** What the node's kernel has to do, and the one thing that mutants change. */
export interface Desired {
  fabric: FabricState;
  /** Addresses of this node's Pods -> container id. When one changes hands, connection tracking forgets it. */
  attached: Map<string, string>;
  /** The node's own addresses. What connection tracking forgets of a port of the node is of these alone. */
  addresses: string[];
  services: ServiceState;
  hostPorts: HostPortState;
  masquerade: MasqueradeState;
  policies: PolicyState;
  spoofing: SpoofingState;
  /** What is put into the kernel as a whole, whatever is believed to be there. */
  anew: Lost;
  /** What the node has to let pass, whatever other programs have set up on it. */
  passing: PodPacket[];
}

/** A fault between model and dataplane: see reference/mutants. */
export type Mutant = (desired: Desired, snapshot: Snapshot) => Desired;

/**
 * What this node's kernel has to do, given all that is known. Pure: equal snapshots give equal answers. It is quick
 * when little has changed: what was derived from an object, or from a list, is remembered with it, so keep unchanged
 * ones. Parts that have not changed are the very same objects as the last time.
 */
export function model(snapshot: Snapshot): Desired {
  return {
    ...besidePods(snapshot),
    policies: policies(snapshot),
    anew: snapshot.lost ?? { tables: false, links: false },
  };
}

const nodeMasquerade = lastingBut(besideNodes, masquerade);

/** All but policies is made anew only where something else has changed than Pods elsewhere and policies. */
const besidePods = lastingBut(
  ['pods', 'index', 'namespaces', 'networkPolicies', 'lost'],
  (snapshot: Snapshot): Omit<Desired, 'policies' | 'anew'> => {
    const { attachments } = snapshot;
    const links = { ...nodeFabric(snapshot), pods: podLinks(attachments) };
    return {
      fabric: links,
      attached: new Map(attachments.map(({ ip, containerId }) => [ip, containerId])),
      addresses: ownAddresses(snapshot),
      services: services(snapshot),
      hostPorts: hostPorts(attachments),
      masquerade: nodeMasquerade(snapshot),
      spoofing: spoofing(links, snapshot),
      passing: podPackets(links),
    };
  },
);
