/**
 * The container runtime's half of CNI: https://www.cni.dev/docs/spec/, behaving as containerd and libcni do: CHECK is
 * not called.
 */
export { recall } from './cache.ts';
export { loadConfig, parseConfig } from './config.ts';
export { add, addressesOf, collectGarbage, del, status } from './network.ts';
export { type Attachment, CniError, type NetworkConfig } from './types.ts';
