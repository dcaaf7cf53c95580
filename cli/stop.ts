import { exitCode } from './usage.ts';

/** Milliseconds within which a second signal is the same keypress: npm passes on what the terminal sent to all. */
const samePress = 1_000;

/** When what is done on a cluster has to end before it is through. */
export interface Until {
  signal: AbortSignal;
  stopped: Promise<void>;
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP: the caller ends in order. A later one ends it at once. */
export function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let began: number | undefined;
  const stop = () => {
    if (began === undefined) {
      began = performance.now();
      resolve();
    } else if (performance.now() - began > samePress) process.exit(exitCode.interrupted);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return promise;
}
