import type { Case } from './place.ts';

type Json = string | number | boolean | null | Json[] | { [field: string]: Json };

/** Fields that a policy needs where they are. */
const needed = new Set(['namespace', 'name', 'spec', 'key', 'operator', 'cidr']);
/** Lists whose entries stand for something by their place. */
const fixed = new Set(['podLabels', 'namespaceLabels']);

/** Every valid case without one part of this one, policies first: fast-check leaves out the heads of lists only. */
export function* deletions(one: Case): Generator<Case> {
  const all = [...without(one as unknown as Json, '')].toSorted((a, b) => a.depth - b.depth);
  for (const { value } of all) {
    const smaller = value as unknown as Case;
    if (smaller.policies.length > 0 && isValid(value)) yield smaller;
  }
}

function* without(value: Json, field: string, depth = 0): Generator<{ value: Json; depth: number }> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, entry] of value.entries()) {
      if (!fixed.has(field)) yield { value: value.toSpliced(i, 1), depth };
      for (const { value: smaller, depth: deep } of without(entry, '', depth + 1))
        yield { value: value.with(i, smaller), depth: deep };
    }
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    const { [key]: _, ...rest } = value;
    // servers before 1.33 ask for a policy's own podSelector
    const stays = needed.has(key) || (field === 'spec' && key === 'podSelector');
    if (depth > 0 && !stays) yield { value: rest, depth };
    for (const { value: smaller, depth: deep } of without(entry, key, depth + 1))
      yield { value: { ...value, [key]: smaller }, depth: deep };
  }
}

/** What the API server asks of the parts that were left. */
function isValid(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isValid);
  const { operator, values, endPort, port, from, to } = value;
  if ((operator === 'In' || operator === 'NotIn') && !(Array.isArray(values) && values.length > 0)) return false;
  if (endPort !== undefined && port === undefined) return false;
  const peers = [from, to].flatMap((list) => (Array.isArray(list) ? list : []));
  if (peers.some((peer) => Object.keys(peer as object).length === 0)) return false;
  return Object.values(value).every(isValid);
}
