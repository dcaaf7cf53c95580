/** Who is writing, as managedFields records it. */
import { badRequest } from '../errors.ts';
import type { Who } from '../patch/managers.ts';
import { trackUpdate } from '../patch/managers.ts';
import type { WriteOptions } from '../store.ts';
import type { ResourceExchange } from './exchange.ts';

/** The manager's name is given with the request, or is the first part of the client's own. */
export function managerOf({ request, query, target }: ResourceExchange, operation: Who['operation']): Who {
  const manager = query.get('fieldManager') || (request.headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown';
  const subresource = target.subresource;
  return { manager: manager.slice(0, 128), operation, ...(subresource ? { subresource } : {}) };
}

function dryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun');
  for (const value of values)
    if (value !== 'All') throw badRequest(`dryRun: Unsupported value: "${value}": supported values: "All"`);
  return values.length > 0;
}

/** Options of a write that is no apply: whoever wrote owns what changed. */
export function writeOptions(exchange: ResourceExchange): WriteOptions {
  const who = managerOf(exchange, 'Update');
  const { resource } = exchange.target;
  return { dryRun: dryRun(exchange.query), manage: (object, old) => trackUpdate(resource, object, old, who) };
}
