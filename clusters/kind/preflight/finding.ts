/** What was found of one thing that a cluster needs. */
export interface Finding {
  /** missing: a cluster cannot work; limited: it works with less, or perhaps. */
  level: 'good' | 'missing' | 'limited';
  name: string;
  /** What is there, as a sentence or a part of one. */
  found: string;
  /** What to type. Only when not good. */
  remedy?: string;
}

export const good = (name: string, found: string): Finding => ({ level: 'good', name, found });
