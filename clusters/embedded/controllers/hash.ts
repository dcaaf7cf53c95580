/** Names for versions of a Pod template. */
import type { PodTemplate } from './kinds.ts';

/**
 * A short hash of a template, in the letters that Kubernetes uses for it. Equal templates give equal hashes; the value itself is
 * not that of a real controller, and nothing may depend on it. `collisions` makes another hash where two templates met.
 */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const text = `${canonical(template)}${collisions || ''}`;
  // FNV-1a, 32 bits
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return String(hash).replaceAll(/\d/g, (digit) => letters[digit.charCodeAt(0) % letters.length] as string);
}

/** JSON with sorted fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
}
