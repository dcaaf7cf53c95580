import type { Fault } from './fault.ts';

export const policyFaults: Record<string, Fault> = {};
