/** Ordered delivery, from microtasks or later: a handler never runs inside the call that made the change. */

/**
 * Items go to `handler` in order. A handler that throws fails the process, as any microtask does; the rest still
 * arrives. `lagMs` draws for how long the next item waits; what comes after it waits at least as long.
 */
export function deliver<T>(handler: (item: T) => void, lagMs?: () => number) {
  const state = { stopped: false, scheduled: false };
  let queue: T[] = [];
  let next = 0;
  let dueMs = 0;
  function handOver(): void {
    const item = queue.shift() as T;
    if (!state.stopped) handler(item);
  }
  function flush(): void {
    state.scheduled = false;
    try {
      while (next < queue.length && !state.stopped) {
        next += 1;
        handler(queue[next - 1] as T);
      }
    } finally {
      if (next < queue.length) schedule();
      else {
        queue = [];
        next = 0;
      }
    }
  }
  function schedule(): void {
    if (state.scheduled || state.stopped) return;
    state.scheduled = true;
    queueMicrotask(flush);
  }
  return {
    push: (item: T): void => {
      if (state.stopped) return;
      queue.push(item);
      if (lagMs === undefined) return schedule();
      const nowMs = performance.now();
      dueMs = Math.max(dueMs, nowMs + lagMs());
      setTimeout(handOver, dueMs - nowMs);
    },
    stop: (): void => {
      state.stopped = true;
    },
  };
}
