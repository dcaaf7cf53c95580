import { parseRecording, type Recording } from '../../load/index.ts';
import { missingImage } from '../fault.ts';
import type { Kube, KubeObject } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { type K6Options, k6Pod } from '../workloads/visitor-k6/index.ts';
import { followLog } from './log.ts';

interface ContainerState {
  running?: object;
  terminated?: { exitCode: number; reason?: string; message?: string };
  waiting?: object;
}

const stateOf = ({ status }: KubeObject): ContainerState | undefined => status?.containerStatuses?.[0]?.state;

/** Where k6 runs: a namespace that has the scripts (k6Scripts), and how its Pod is made there. */
export interface Ground {
  kube: Kube;
  namespace: string;
  image: string;
  create(this: void, object: KubeObject): Promise<unknown>;
}

/** k6 in a client Pod, from its start to its end. */
export class K6 {
  readonly #ground: Ground;
  readonly #pod: string;
  readonly #lines: string[] = [];
  #requests = 0;
  #waiting: { requests: number; resolve: () => void } | undefined;
  #log: Promise<void> = Promise.resolve();

  private constructor(ground: Ground, pod: string) {
    this.#ground = ground;
    this.#pod = pod;
  }

  /** Resolves once k6 runs. */
  static async start(ground: Ground, pod: string, options: K6Options): Promise<K6> {
    await ground.create(k6Pod(ground.namespace, pod, ground.image, options));
    return K6.attend(ground, pod);
  }

  /** The same in a Pod that is there, whoever made it. */
  static async attend(ground: Ground, pod: string): Promise<K6> {
    const k6 = new K6(ground, pod);
    const { kube, namespace } = ground;
    const { terminated } = await k6.#until(
      'k6 to start',
      waits.podsReady,
      (state) => state.running !== undefined || state.terminated !== undefined,
    );
    if (terminated !== undefined && terminated.message !== undefined) {
      throw new BrokenError(`k6 could not be started: ${terminated.reason} ${terminated.message}`);
    }
    k6.#log = followLog(kube, { namespace, pod, container: 'k6' }, (line) => k6.#take(line));
    void k6.#log.catch(() => undefined);
    return k6;
  }

  /** Requests that have ended so far. */
  get requests(): number {
    return this.#requests;
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (line.startsWith('request ')) this.#requests += 1;
    if (this.#waiting !== undefined && this.#requests >= this.#waiting.requests) this.#waiting.resolve();
  }

  #until(what: string, timeoutMs: number, holds: (state: ContainerState) => boolean): Promise<ContainerState> {
    const where = { kind: 'Pod', namespace: this.#ground.namespace, name: this.#pod };
    return this.#ground.kube.until(where, what, timeoutMs, ([pod]: KubeObject[]) => {
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
      const last = this.#lines.at(-1) ?? 'nothing';
      throw new BrokenError(
        `k6 ended, after ${this.#requests} requests, before all was over that was to happen under its load; it said: ${last}`,
      );
    });
    await Promise.race([made.promise, early]);
  }

  /** Everything that k6 has recorded, once it has ended, which it is to do within so many seconds. */
  async ended(seconds: number): Promise<{ recording: Recording; exitCode: number }> {
    const timeoutMs = seconds * 1_000 + waits.podsReady;
    const { terminated } = await this.#until('k6 to end', timeoutMs, (state) => state.terminated !== undefined);
    await this.#log;
    return { recording: parseRecording(this.#lines.join('\n')), exitCode: terminated?.exitCode ?? -1 };
  }
}
