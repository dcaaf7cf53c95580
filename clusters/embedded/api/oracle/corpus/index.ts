/** Requests that both this server and a real one have answered; ../recorded.ndjson holds what the real one said. */

import { apply } from './apply.ts';
import type { Case } from './case.ts';
import { metadata } from './metadata.ts';
import { networkpolicy } from './networkpolicy.ts';
import { others } from './others.ts';
import { pod } from './pod.ts';
import { service } from './service.ts';
import { tables } from './tables.ts';
import { workloads } from './workloads.ts';

export type { Case, Step } from './case.ts';

export const cases: Case[] = [
  ...networkpolicy,
  ...metadata,
  ...service,
  ...pod,
  ...workloads,
  ...others,
  ...apply,
  ...tables,
];
