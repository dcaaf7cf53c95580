/** Where netvet's own engine keeps what. One per machine, so the names are fixed. */
import { join } from 'node:path';

/** Network namespace of the engine and so of every cluster, without a way out. Tests start one of another name. */
export const namespace = process.env['NETVET_ENGINE'] ?? 'netvet';
export const namespacePath = `/run/netns/${namespace}`;

/** Sockets and process ids, gone after a reboot like the processes themselves. */
export const runDirectory = `/run/${namespace}-engine`;
export const socket = join(runDirectory, 'docker.sock');
export const ownHost = `unix://${socket}`;
export const pidFile = join(runDirectory, 'docker.pid');
