import { setTimeout as delay } from 'node:timers/promises';

/** Every time that the kubelet waits for, in milliseconds. Those of the real kubelet unless a reason is given. */
export const waits = {
  /** Restart of a container: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
  crashFirst: 10_000,
  crashMost: 300_000,
  /** A container that ran this long starts counting anew. */
  crashForgotten: 600_000,
  /** A failed ADD or DEL. The real kubelet comes back after 10 s or sooner; here a test is waiting. */
  networkFirst: 500,
  networkMost: 10_000,
  /** A missing ConfigMap, image or volume. The real kubelet's wait doubles up to minutes. */
  missing: 1_000,
  /** STATUS: the real 5 s while all is well; quickly while the network is not ready: a whole cluster waits for it. */
  status: 5_000,
  statusNotReady: 100,
  garbage: 60_000,
  /** A Pod's last status was sent -> it is written: the object outlives the Pod by that. */
  statusWritten: 5,
  /** A postStart hook. */
  hook: 300_000,
  /** For a Pod that was deleted by force. */
  forcedGrace: 2_000,
} as const;

/** Resolves after the time, or at once when the signal fires. Never rejects. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  delay(ms, undefined, signal && { signal }).catch(() => {});

/** first, 2 * first, 4 * first ... up to most. */
export const doubling = (first: number, most: number, attempt: number): number => Math.min(most, first * 2 ** attempt);

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
