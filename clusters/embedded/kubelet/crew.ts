/** The containers of a Pod in one sandbox: in which order they start and stop. https://kubernetes.io/docs/concepts/workloads/pods/ */
import { Runner } from './runner.ts';
import type { RunnerHost } from './runner-host.ts';
import type { Observed } from './status.ts';
import type { Container, PodSpec } from './types.ts';
import { waits } from './wait.ts';

const isSidecar = (container: Container) => container.restartPolicy === 'Always';

export class Crew {
  readonly #init: Runner[];
  readonly #main: Runner[];

  constructor({ initContainers = [], containers, restartPolicy = 'Always' }: PodSpec, host: RunnerHost) {
    const always = () => true;
    const untilDone = (exitCode: number) => restartPolicy !== 'Never' && exitCode !== 0;
    const byPolicy = (exitCode: number) => restartPolicy === 'Always' || untilDone(exitCode);
    this.#init = initContainers.map(
      (container) => new Runner(container, host, isSidecar(container) ? always : untilDone),
    );
    this.#main = containers.map((container) => new Runner(container, host, byPolicy));
    if (initContainers.length > 0) for (const runner of this.runners) runner.wait('PodInitializing');
  }

  get runners(): Runner[] {
    return [...this.#init, ...this.#main];
  }

  get statuses(): Pick<Observed, 'init' | 'main' | 'sidecars'> {
    const sidecars = this.#init.filter(({ container }) => isSidecar(container));
    return {
      init: this.#init.map(({ status }) => status),
      main: this.#main.map(({ status }) => status),
      sidecars: new Set(sidecars.map(({ container }) => container.name)),
    };
  }

  /**
   * Init containers one after the other, each to its end, sidecars until they have started; then all others. Resolves when there is nothing
   * left to run, or when `interrupted` resolves.
   */
  async run(interrupted: Promise<void>): Promise<void> {
    const stop = interrupted.then(() => 'interrupted' as const);
    for (const runner of this.#init) {
      runner.go();
      const sidecar = isSidecar(runner.container);
      if ((await Promise.race([sidecar ? runner.up : runner.finished, stop])) === 'interrupted') return;
      if (!sidecar && runner.status.state.terminated?.exitCode !== 0) return;
    }
    for (const runner of this.#main) {
      runner.wait('ContainerCreating');
      runner.go();
    }
    await Promise.race([Promise.all(this.#main.map(({ finished }) => finished)), stop]);
  }

  /** Sidecars when all others have ended, the last one first. May be repeated with a shorter time. */
  async stop(graceMs: number): Promise<void> {
    const sidecars = this.#init.filter(({ container }) => isSidecar(container));
    const others = this.runners.filter((runner) => !sidecars.includes(runner));
    const began = Date.now();
    await Promise.all(others.map((runner) => runner.stop(graceMs)));
    const left = Math.max(Math.min(graceMs, waits.forcedGrace), graceMs - (Date.now() - began));
    for (const sidecar of sidecars.toReversed()) await sidecar.stop(left);
  }
}
