/** The network that nodes share, as kind's: the API server is the first address, node1 the eleventh. */
const prefix = '172.18.0';

export const underlay = {
  /** The bridge, and the API server's and netvet's own address on it. */
  name: 'underlay',
  address: `${prefix}.1`,
  length: 16,
};

export const nodeName = (index: number): string => `node${index + 1}`;
export const nodeAddress = (index: number): string => `${prefix}.${11 + index}`;
