/** Works through items, some at once. Results are in their order; once `stopped`, no more are begun. */
export async function inPool<I, R>(
  items: readonly I[],
  atOnce: number,
  stopped: () => boolean,
  work: (item: I) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of waiting) {
      if (stopped()) return;
      results[place] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  // without the holes of those that were not begun
  return results.filter(() => true);
}
