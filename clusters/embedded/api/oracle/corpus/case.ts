/** Requests about one object, which this server and a real one are both sent. */
import type { KubeObject } from '../../../objects.ts';

export interface Step {
  /** Default: POST for the first step, PATCH for the next ones. */
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET';
  /** Below the object's own path: `/status`, `?fieldManager=x`. */
  below?: string;
  /** Content type of a patch: `merge` (default), `strategic`, `json`, `apply`. */
  type?: 'merge' | 'strategic' | 'json' | 'apply';
  /** Asks for the object as a table. */
  table?: boolean;
  body?: unknown;
}

export interface Case {
  name: string;
  /** Kind of the object that all steps are about. */
  kind: string;
  steps: Step[];
}

/** A list of cases, and the function that adds one: an object that is created, and then perhaps changed. */
export function collect() {
  const cases: Case[] = [];
  const add = (name: string, object: object, ...then: Step[]): void => {
    const { kind } = object as KubeObject;
    cases.push({ name: `${kind}: ${name}`, kind, steps: [{ body: object }, ...then] });
  };
  return { cases, add };
}
