import { isIPv4 } from 'node:net';
import type { Actor } from '../actor.ts';
import type { Pod } from '../oracle/index.ts';
import type { Pair, Role } from '../stage.ts';
import type { World } from '../world.ts';
import { Matrix } from './matrix.ts';
import { namedPortsOf, ports } from './place.ts';

/** Each namespace is on two or three nodes, each node has Pods of two or three namespaces. */
const nodes = [1, 1, 2, 2, 3, 1, 3, 2, 3];
export const namespaceNames = ['red', 'green', 'blue'];

const roles = nodes.map((node, i): Role => {
  const namespace = namespaceNames[Math.floor(i / 3)] as string;
  const named = (wanted: string) =>
    Object.fromEntries(
      namedPortsOf(i).flatMap(({ name, protocol, port }) => (protocol === wanted ? [[name, port]] : [])),
    );
  return {
    name: `${namespace}-${'abc'[i % 3]}`,
    namespace,
    node,
    labels: {},
    listeners: ports,
    namedPorts: named('TCP'),
    namedUdpPorts: named('UDP'),
  };
});

const pairs = roles.flatMap((from) =>
  roles.flatMap((to) => ports.map(({ protocol, port }): Pair => ({ from: from.name, to: to.name, protocol, port }))),
);

/** 9 Pods in 3 namespaces, made once per worker, that all reach each other. Skipped where Pods have no IPv4 address. */
export async function useMatrix(world: World): Promise<void> {
  world.pairs = pairs;
  await world.useStage(Object.fromEntries(namespaceNames.map((name) => [name, {}])), roles);
  const actors = roles.map(({ name }) => world.actor(name));
  world.skipIf(
    !actors.every(({ ip }) => isIPv4(ip)) && 'generated policies are about IPv4, which Pods here do not have',
  );
  const namespaces = namespaceNames.map((name) => world.namespace(name));
  const matrix = new Matrix(world, actors, namespaces, actors.map(podOf));
  world.notes.set('matrix', matrix);
  world.defer(() => matrix.clear());
}

const podOf = ({ namespace, podName, ip }: Actor, index: number): Omit<Pod, 'labels'> => ({
  namespace,
  name: podName,
  ip,
  namedPorts: namedPortsOf(index),
});
