/** Works through items, some at once. Results are in their order; once `stopped`, no more are begun. */
export async function inPool<I, R>(
  items: readonly I[],
  atOnce: number,
  stopped: () => boolean,
  work: (item: I) => Promise<R>,
): Promise<R[]> {
  const results: { place: number; result: R }[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !stopped(); next = waiting.shift()) {
      const [place, item] = next;
      results.push({ place, result: await work(item) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results.toSorted((a, b) => a.place - b.place).map(({ result }) => result);
}
