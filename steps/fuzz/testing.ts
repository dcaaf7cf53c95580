import { namedPortsOf, type Place } from './place.ts';

/** A place as the standing matrix makes it, with addresses on three nodes. */
export const place: Place = {
  namespaces: ['red', 'green', 'blue'],
  pods: Array.from({ length: 9 }, (_, i) => {
    const namespace = ['red', 'green', 'blue'][Math.floor(i / 3)] as string;
    return {
      namespace,
      name: `${namespace}-${'abc'[i % 3]}`,
      ip: `10.244.${i % 3}.${7 + Math.floor(i / 3)}`,
      namedPorts: namedPortsOf(i),
    };
  }),
};
