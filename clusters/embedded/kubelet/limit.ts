/** Runs work, at most so much at once. What is urgent goes before what is not; otherwise first come, first served. */
export type Limiter = <T>(work: () => Promise<T>, urgent?: boolean) => Promise<T>;

export function limiter(size: number): Limiter {
  let running = 0;
  const waiting: { urgent: (() => void)[]; other: (() => void)[] } = { urgent: [], other: [] };
  return async (work, urgent = false) => {
    if (running >= size) await new Promise<void>((resolve) => waiting[urgent ? 'urgent' : 'other'].push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.urgent.shift() ?? waiting.other.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
