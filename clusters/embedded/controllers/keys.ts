/** An object's place in a controller's queue: `namespace/name`, or the bare name of what has no namespace. */
import type { KubeObject } from '../objects.ts';

export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** The two parts of a namespaced object's key. */
export function parts(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
