import type { Fault } from './fault.ts';

export const serviceFaults: Record<string, Fault> = {};
