/** What comes out of the model. Plain data, as in types.ts. */
import type { FabricState } from './fabric.ts';
import type { HostPortState } from './hostports/types.ts';
import type { MasqueradeState } from './masquerade.ts';
import type { PolicyState } from './policies/types.ts';
import type { ServiceState } from './services/types.ts';
import type { Snapshot } from './types.ts';

/** What the node's kernel has to do, and the one thing that mutants change. */
export interface Desired {
  fabric: FabricState;
  /**
   * Addresses of this node's Pods -> container id. When one changes hands, connection tracking forgets what it knew.
   */
  attached: Map<string, string>;
  services: ServiceState;
  hostPorts: HostPortState;
  masquerade: MasqueradeState;
  policies: PolicyState;
}

/** A fault between model and dataplane: see reference/mutants. */
export type Mutant = (desired: Desired, snapshot: Snapshot) => Desired;
