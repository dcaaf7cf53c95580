import { timestamp } from '../api/storage/metadata.ts';
import type { Container, ContainerState, ContainerStatus } from '../kinds.ts';
import { ImageError } from '../programs/index.ts';
import { ConfigurationError } from './environment.ts';
import { beginLifecycle, type ContainerHost, type Lifecycle } from './lifecycle.ts';
import type { ContainerLog } from './logs.ts';
import type { Exit, RunningContainer } from './runtime.ts';
import { doubling, sleep, waits } from './wait.ts';

/** Keeps one container in one sandbox as its spec wants it. `restart`: whether one that ended so is started again. */
export function containerWorker(container: Container, host: ContainerHost, restart: (exitCode: number) => boolean) {
  const { name, image } = container;
  const stopping = new AbortController();
  const finished = Promise.withResolvers<void>();
  const firstStarted = Promise.withResolvers<void>();
  let working = false;
  let state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  let lastState: ContainerState = {};
  let restarts = 0;
  let ready = false;
  let started = false;
  let lifecycle: Lifecycle | undefined;
  let id: string | undefined;
  let log: ContainerLog | undefined;
  let previousLog: ContainerLog | undefined;

  const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    host.event(type, reason, message, container);

  /** Shows why it is not running. */
  function wait(reason: string, message?: string): void {
    const { waiting } = state;
    if (waiting?.reason === reason && waiting.message === message) return;
    state = { waiting: { reason, ...(message && { message }) } };
    host.changed();
  }

  async function work(): Promise<void> {
    const { signal } = stopping;
    let crashes = 0;
    while (!signal.aborted && host.sandboxExists()) {
      const began = Date.now();
      const exit = await runOnce();
      if (exit === undefined) {
        await sleep(waits.missing, signal);
        continue;
      }
      if (!restart(exit.exitCode) || signal.aborted) return;
      if (Date.now() - began > waits.crashForgotten) crashes = 0;
      // the first restart comes at once
      if (crashes > 0) await backOff(doubling(waits.crashFirst, waits.crashMost, crashes - 1));
      crashes += 1;
      if (!signal.aborted) restarts += 1;
    }
  }

  async function backOff(ms: number): Promise<void> {
    event('Warning', 'BackOff', `Back-off restarting failed container ${name}`);
    wait('CrashLoopBackOff', `back-off ${ms / 1000}s restarting failed container=${name}`);
    await sleep(ms, stopping.signal);
  }

  /** Gives how it ended, or undefined if something that it needs is missing. */
  async function runOnce(): Promise<Exit | undefined> {
    let running: RunningContainer;
    try {
      running = await host.start(container, restarts);
    } catch (error) {
      return notStarted(error as Error);
    }
    id = running.id;
    previousLog = log;
    log = running.log;
    state = { running: { startedAt: timestamp(running.startedAt) } };
    event('Normal', 'Started', `Started container ${name}`);
    lifecycle = beginLifecycle(running, container, host, stopping.signal, (now) => {
      ({ started, ready } = now);
      if (started) firstStarted.resolve();
      host.changed();
    });
    host.changed();
    // its end was asked for while it was being started
    if (stopping.signal.aborted) void lifecycle.kill(host.gracePeriodMs());
    const exit = await running.ended;
    lifecycle = undefined;
    terminated(exit, running);
    return exit;
  }

  function notStarted(error: Error): Exit | undefined {
    const before = state.waiting?.reason;
    if (error instanceof ImageError) {
      const again = before === 'ErrImagePull' || before === 'ImagePullBackOff';
      if (!again) event('Warning', 'Failed', error.message);
      wait(again ? 'ImagePullBackOff' : 'ErrImagePull', error.message);
      return undefined;
    }
    if (error instanceof ConfigurationError) {
      if (before !== 'CreateContainerConfigError') event('Warning', 'Failed', `Error: ${error.message}`);
      wait('CreateContainerConfigError', error.message);
      return undefined;
    }
    event('Warning', 'Failed', `Error: failed to start container "${name}": ${error.message}`);
    const exit = { exitCode: 128, error: error.message, finishedAt: Date.now() };
    terminated(exit, undefined);
    return exit;
  }

  function terminated({ exitCode, error, finishedAt }: Exit, running: RunningContainer | undefined): void {
    ready = false;
    started = false;
    state = {
      terminated: {
        exitCode,
        reason: error !== undefined ? 'StartError' : exitCode === 0 ? 'Completed' : 'Error',
        ...(error !== undefined && { message: error }),
        startedAt: running ? timestamp(running.startedAt) : null,
        finishedAt: timestamp(finishedAt),
        ...(running && { containerID: `netvet://${running.id}` }),
      },
    };
    if (restart(exitCode) && !stopping.signal.aborted) lastState = state;
    host.changed();
  }

  return {
    container,
    wait,
    /** Resolves once it has run for the last time: it ended and will not be restarted, or it was stopped. */
    finished: finished.promise,
    /** Resolves when it first counts as started, or never will: what follows a sidecar waits for that. */
    started: firstStarted.promise,
    running: (): RunningContainer | undefined => lifecycle?.running,
    log: (previous = false): ContainerLog | undefined => (previous ? previousLog : log),
    status: (): ContainerStatus => ({
      name,
      image,
      imageID: id === undefined ? '' : image,
      ...(id !== undefined && { containerID: `netvet://${id}` }),
      ready,
      started,
      restartCount: restarts,
      state,
      lastState,
    }),
    /** Begins to run it; see `finished`. */
    start(): void {
      working = true;
      void work().finally(() => {
        finished.resolve();
        firstStarted.resolve();
      });
    },
    /** No more restarts, and an end to what runs within the grace period. Resolves when it has finished. Repeatable. */
    async stop(graceMs: number): Promise<void> {
      stopping.abort();
      if (!working) return;
      if (lifecycle) {
        if (!lifecycle.isBeingKilled()) event('Normal', 'Killing', `Stopping container ${name}`);
        await lifecycle.kill(graceMs);
      }
      await finished.promise;
    },
  };
}
