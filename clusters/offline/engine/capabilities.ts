import { readFileSync } from 'node:fs';

/** Numbers of capabilities: https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h */
export const sysResource = 24;

/** Whether a bounding set, as in the CapBnd line of /proc/PID/status, has a capability. */
export const inSet = (status: string, capability: number): boolean => {
  const set = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${set}`) >> BigInt(capability)) & 1n) === 1n;
};

/** Whether processes of this machine, as this one sees it, can have a capability at all. */
export const hasCapability = (capability: number): boolean =>
  inSet(readFileSync('/proc/self/status', 'utf8'), capability);
