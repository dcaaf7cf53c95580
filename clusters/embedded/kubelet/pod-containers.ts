/** The containers of a Pod in one sandbox: in which order they start and stop. */
import type { Container, PodSpec } from '../kinds.ts';
import { containerWorker } from './container-worker.ts';
import type { ContainerHost } from './lifecycle.ts';
import type { Observed } from './status-manager.ts';
import { waits } from './wait.ts';

/** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
const isSidecar = ({ container }: { container: Container }) => container.restartPolicy === 'Always';

export function podContainers(spec: PodSpec, host: ContainerHost) {
  const { initContainers = [], containers, restartPolicy = 'Always' } = spec;
  const always = () => true;
  const untilDone = (exitCode: number) => restartPolicy !== 'Never' && exitCode !== 0;
  const byPolicy = (exitCode: number) => restartPolicy === 'Always' || untilDone(exitCode);
  const init = initContainers.map((container) =>
    containerWorker(container, host, isSidecar({ container }) ? always : untilDone),
  );
  const main = containers.map((container) => containerWorker(container, host, byPolicy));
  const workers = [...init, ...main];
  const sidecars = init.filter(isSidecar);
  if (init.length > 0) for (const worker of workers) worker.wait('PodInitializing');

  return {
    workers,

    statuses: (): Pick<Observed, 'init' | 'main' | 'sidecars'> => ({
      init: init.map(({ status }) => status()),
      main: main.map(({ status }) => status()),
      sidecars: new Set(sidecars.map(({ container }) => container.name)),
    }),

    /**
     * Init containers one after the other, each to its end, sidecars until they have started; then all others. Resolves
     * when there is nothing left to run, or when `interrupted` resolves.
     */
    async run(interrupted: Promise<void>): Promise<void> {
      const stop = interrupted.then(() => 'interrupted' as const);
      for (const worker of init) {
        worker.start();
        const sidecar = isSidecar(worker);
        if ((await Promise.race([sidecar ? worker.started : worker.finished, stop])) === 'interrupted') return;
        if (!sidecar && worker.status().state.terminated?.exitCode !== 0) return;
      }
      for (const worker of main) {
        worker.wait('ContainerCreating');
        worker.start();
      }
      await Promise.race([Promise.all(main.map(({ finished }) => finished)), stop]);
    },

    /** Sidecars when all others have ended, the last one first. May be repeated with a shorter time. */
    async stop(graceMs: number): Promise<void> {
      const others = workers.filter((worker) => !sidecars.includes(worker));
      const began = Date.now();
      await Promise.all(others.map((worker) => worker.stop(graceMs)));
      const left = Math.max(Math.min(graceMs, waits.forcedGrace), graceMs - (Date.now() - began));
      for (const sidecar of sidecars.toReversed()) await sidecar.stop(left);
    },
  };
}
