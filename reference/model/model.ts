import type { Desired } from './desired.ts';
import { fabric } from './fabric.ts';
import { hostPorts } from './hostports/index.ts';
import { masquerade } from './masquerade.ts';
import { policies } from './policies/index.ts';
import { services } from './services/index.ts';
import type { Snapshot } from './types.ts';

/**
 * What this node's kernel has to do, given all that is known. Pure: equal snapshots give equal answers. It is quick
 * when little has changed because what was derived from an object is remembered with that object, so keep unchanged
 * objects as they are.
 */
export function model(snapshot: Snapshot): Desired {
  return {
    fabric: fabric(snapshot),
    attached: new Map(snapshot.attachments.map(({ ip, containerId }) => [ip, containerId])),
    services: services(snapshot),
    hostPorts: hostPorts(snapshot.attachments),
    masquerade: masquerade(snapshot),
    policies: policies(snapshot),
  };
}
