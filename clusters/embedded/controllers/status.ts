import { equal } from '../api/json.ts';
import type { KubeObject, Objects } from '../objects.ts';

/** Writes the status if it differs. Returns the object as it now is. */
export function writeStatus<T extends KubeObject>(objects: Objects, object: T, status: object): T {
  if (equal(object['status'], status)) return object;
  // without a resourceVersion the write does not conflict: of these fields the controller is the only writer
  const { resourceVersion: _resourceVersion, ...metadata } = object.metadata;
  return objects.updateStatus<T>({ ...object, metadata, status });
}
