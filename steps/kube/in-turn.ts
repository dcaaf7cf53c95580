import type { KubeObject } from './objects.ts';

/** Requests to the API at once. */
const atOnce = 20;

/** Does something with each object, so many at a time. Rejects with the first error. */
export async function inTurn(objects: KubeObject[], act: (object: KubeObject) => Promise<unknown>): Promise<void> {
  const waiting = objects.values();
  const hand = async () => {
    for (const object of waiting) await act(object);
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
}
