/** Where everything is. No range is one of the embedded cluster's (10.96.0.0/16 Services, 172.18.0.0/16 nodes). */

export interface Target {
  address: string;
  port: number;
  /** Which of its addresses the client connects from; see `clientAddress`. Default: that of the first node. */
  from?: string;
}

/** The range of all Pods. Client and endpoints count as Pods: neither proxy masquerades them. */
export const clusterCidr = '10.240.0.0/12';
/** The part of it that belongs to the node so many others came before. */
export const podCidrOf = (node: number): string => `10.244.${node}.0/24`;

export const servicePort = 80;
export const endpointPort = 8080;

/** Numbers below this are those of a size; from here on they are changes. */
export const mostServices = 16_000;

/** Half of 10.96.0.0/16 is left to those who do not ask for an address by number. */
const withinRange = (first: number, number: number) => `${first + (number >> 8)}.${number & 255}`;

export const serviceAddress = (number: number): Target => ({
  address: `10.96.${withinRange(128, number)}`,
  port: servicePort,
});

export type Side = 'client' | 'endpoints-a' | 'endpoints-b';

/** Each is a network namespace behind the nodes; `link` is the first half of the addresses between the two. */
export const sides: Record<Side, { link: string; range: string }> = {
  client: { link: '169.254.1', range: '10.243.0.0/24' },
  'endpoints-a': { link: '169.254.2', range: '10.241.0.0/16' },
  'endpoints-b': { link: '169.254.3', range: '10.242.0.0/16' },
};

/** The client's address whose packets go through the node that so many others were plugged in before, to and fro. */
export const clientAddress = (way: number): string => `10.243.0.${way + 1}`;

/** The two endpoints of a Service; `generation` 1 has another one on side b. */
export function endpointsOf(number: number, generation: 0 | 1): [Target, Target] {
  const at = (prefix: string, first: number) => ({
    address: `${prefix}.${withinRange(first, number)}`,
    port: endpointPort,
  });
  return [at('10.241', 0), at('10.242', generation * 128)];
}
