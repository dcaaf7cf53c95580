import type { Snapshot } from './types.ts';

/** Placeholder of the seam: links and routes to other nodes. */
export type FabricState = Record<string, unknown>;

export function fabric(_snapshot: Snapshot): FabricState {
  return {};
}
