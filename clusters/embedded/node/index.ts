/**
 * Nodes: network, mount, UTS, IPC and PID namespaces on a common underlay. A node has its own /run, /etc/cni, /opt/cni,
 * /var/lib/cni, /var/lib/kubelet and /var/log, its own nftables and routes, and a first process that reaps. Everything
 * else it shares with netvet. Only inside the namespaces that enter() makes.
 */
export { createNode, createUnderlay, deleteUnderlay, type Node, underlay } from './create.ts';
export type { Input, Shim } from './shim.ts';
