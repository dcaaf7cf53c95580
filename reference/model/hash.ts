import { createHash } from 'node:crypto';

/** A short name for content: 12 hexadecimal digits, so that 10,000 names collide with a chance of 2 in 10 million. */
export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
