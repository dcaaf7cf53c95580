/** The container runtime's half of CNI: https://www.cni.dev/docs/spec/, behaving as containerd and libcni do. */
export { loadConfig } from './config.ts';
export { add, addressesOf, check, collectGarbage, del, status } from './network.ts';
export { type Attachment, CniError, type NetworkConfig, tryAgainLater } from './types.ts';
