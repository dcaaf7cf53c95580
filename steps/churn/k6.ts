import { parseRecording, type Recording } from '../../load/index.ts';
import { missingImage } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { type K6Options, k6Pod, k6Scripts } from '../workloads/visitor-k6/index.ts';
import type { NetvetWorld } from '../world.ts';
import { followLog } from './log.ts';

const podName = 'k6';

interface ContainerState {
  running?: object;
  terminated?: { exitCode: number; reason?: string; message?: string };
  waiting?: object;
}

const stateOf = ({ status }: KubeObject): ContainerState | undefined => status?.containerStatuses?.[0]?.state;

/** k6 in a client Pod, from its start to its end. */
export class K6 {
  readonly #world: NetvetWorld;
  readonly #namespace: string;
  readonly #seconds: number;
  readonly #lines: string[] = [];
  #requests = 0;
  #waiting: { requests: number; resolve: () => void } | undefined;
  #log: Promise<void> = Promise.resolve();

  private constructor(world: NetvetWorld, namespace: string, seconds: number) {
    this.#world = world;
    this.#namespace = namespace;
    this.#seconds = seconds;
  }

  /** Resolves once k6 runs. */
  static async start(world: NetvetWorld, namespace: string, options: K6Options): Promise<K6> {
    const k6 = new K6(world, namespace, options.seconds);
    await world.create(k6Scripts(namespace));
    await world.create(k6Pod(namespace, podName, world.parameters.images.k6, options));
    const { terminated } = await k6.#until(
      'k6 to start',
      waits.podsReady,
      (state) => state.running !== undefined || state.terminated !== undefined,
    );
    if (terminated !== undefined && terminated.message !== undefined) {
      throw new BrokenError(`k6 could not be started: ${terminated.reason} ${terminated.message}`);
    }
    k6.#log = followLog(world.kube, { namespace, pod: podName, container: 'k6' }, (line) => k6.#take(line));
    void k6.#log.catch(() => undefined);
    return k6;
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (line.startsWith('request ')) this.#requests += 1;
    if (this.#waiting !== undefined && this.#requests >= this.#waiting.requests) this.#waiting.resolve();
  }

  #until(what: string, timeoutMs: number, holds: (state: ContainerState) => boolean): Promise<ContainerState> {
    const where = { kind: 'Pod', namespace: this.#namespace, name: podName };
    return this.#world.kube.until(where, what, timeoutMs, ([pod]: KubeObject[]) => {
      const missing = pod && missingImage([pod]);
      if (missing !== undefined) throw new SkipError(missing);
      const state = pod && stateOf(pod);
      return state !== undefined && holds(state) ? state : undefined;
    });
  }

  /** Resolves once so many more requests have ended. Rejects with BrokenError when k6 ends before. */
  async makes(requests: number): Promise<void> {
    const made = Promise.withResolvers<void>();
    this.#waiting = { requests: this.#requests + requests, resolve: made.resolve };
    const early = this.#log.then(() => {
      throw new BrokenError(`k6 ended after ${this.#requests} requests; it said: ${this.#lines.at(-1) ?? 'nothing'}`);
    });
    await Promise.race([made.promise, early]);
  }

  /** Everything that k6 has recorded, once it has ended. */
  async ended(): Promise<{ recording: Recording; exitCode: number }> {
    const timeoutMs = this.#seconds * 1_000 + waits.podsReady;
    const { terminated } = await this.#until('k6 to end', timeoutMs, (state) => state.terminated !== undefined);
    await this.#log;
    return { recording: parseRecording(this.#lines.join('\n')), exitCode: terminated?.exitCode ?? -1 };
  }
}
