/** Names for versions of a Pod template. */
import type { PodTemplate } from '../kinds.ts';

/**
 * A short hash of a template, in the letters that Kubernetes uses for it. Equal templates give equal hashes; the value
 * itself is not that of a real controller, and nothing may depend on it. `collisions` makes another hash where two
 * templates met.
 */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const text = `${JSON.stringify(template, sorted)}${collisions || ''}`;
  // FNV-1a, 32 bits
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return String(hash).replaceAll(/\d/g, (digit) => letters[digit.charCodeAt(0) % letters.length] as string);
}

/** For JSON.stringify: fields in one order. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
