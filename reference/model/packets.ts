import { formatAddress, parseCIDR } from './cidr.ts';
import type { FabricState } from './fabric.ts';

/** A packet that passes a node from Pod to Pod: addresses, and the links by which it comes and goes. */
export interface PodPacket {
  source: string;
  destination: string;
  from: string;
  to: string;
}

/** Packets as a node sees them: between two of its Pods, and to a Pod of another node and back. Made up, of no Pod. */
export function podPackets({ local, pods, routes }: Pick<FabricState, 'local' | 'pods' | 'routes'>): PodPacket[] {
  const [range] = local;
  const [route] = routes;
  if (range === undefined) return [];
  const here = pods[0]?.device ?? 'nv0000000000000';
  const [source, neighbour] = [addressIn(range, 2), addressIn(range, 3)];
  const within = { source, destination: neighbour, from: here, to: here };
  if (route === undefined) return [within];
  const distant = addressIn(route.destination, 2);
  return [
    within,
    { source, destination: distant, from: here, to: route.device },
    { source: distant, destination: source, from: route.device, to: here },
  ];
}

const addressIn = (range: string, number: number) => formatAddress((parseCIDR(range)?.[0] ?? 0) + number);
