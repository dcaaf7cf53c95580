import { emptyRecording, pausesMs, type Recording, type Request, readLine, toldToEnd } from '../../load/index.ts';
import { missingImage } from '../fault.ts';
import { type ContainerStatus, containersOf, type Kube, type KubeObject } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { longestStretch } from '../probe/index.ts';
import { waits } from '../waits.ts';
import { type K6Options, k6Pod } from '../workloads/visitor-k6/index.ts';
import { followLog } from './log.ts';

type State = NonNullable<ContainerStatus['state']>;

const stateOf = (pod: KubeObject): State | undefined => containersOf(pod)[0]?.state;

/** Where k6 runs: a namespace that has the scripts (k6Scripts), and how its Pod is made there. */
export interface Ground {
  kube: Kube;
  namespace: string;
  image: string;
  create(this: void, object: KubeObject): Promise<unknown>;
}

/** What to do where k6 cannot keep its rate. */
export const moreRoom = '--parallel 1 or a bigger machine lets k6 keep its rate';

/** k6 told to end -> its totals are there, or it is killed. */
const graceSeconds = 60;

/** k6's record, and how it ended. */
export interface Ended {
  recording: Recording;
  exitCode: number;
}

/** k6 in a client Pod, from its start to its end. */
export class K6 {
  readonly #ground: Ground;
  readonly #pod: string;
  readonly #recording = emptyRecording();
  #said = 'nothing';
  #waiting: { holds: () => boolean; resolve: () => void } | undefined;
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
    return this.#recording.requests.length;
  }

  #take(line: string): void {
    this.#said = line;
    readLine(line.trimEnd(), this.#recording);
    if (this.#waiting?.holds()) this.#waiting.resolve();
  }

  #until(what: string, timeoutMs: number, holds: (state: State) => boolean): Promise<State> {
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
    const wanted = this.requests + requests;
    await this.#while(() => this.requests >= wanted);
  }

  /** Resolves after so many seconds of load without k6's pauses. BrokenError: not in five times that; as makes(). */
  async lasts(seconds: number): Promise<void> {
    let first: Request | undefined;
    const times = () => {
      const { requests, pauses } = this.#recording;
      first ??= requests.find(({ kind }) => kind !== 'control');
      const lasted = first === undefined ? 0 : (requests.at(-1)?.startedMs ?? 0) - first.startedMs;
      return { lasted: lasted / 1000, stood: pausesMs(pauses) / 1000 };
    };
    const mostSeconds = longestStretch * seconds;
    await this.#while(() => times().lasted - times().stood >= seconds || times().lasted >= mostSeconds);
    const { lasted, stood } = times();
    if (lasted >= mostSeconds && lasted - stood < seconds)
      throw new BrokenError(`k6 stood still for ${Math.round(stood)} of ${Math.round(lasted)} s: ${moreRoom}`);
  }

  async #while(holds: () => boolean): Promise<void> {
    if (holds()) return;
    const made = Promise.withResolvers<void>();
    this.#waiting = { holds, resolve: made.resolve };
    const early = this.#log.then(() => {
      throw new BrokenError(
        `k6 ended, after ${this.requests} requests, before all was over that was to happen under its load; ` +
          `it said: ${this.#said}`,
      );
    });
    await Promise.race([made.promise, early]);
  }

  /** Ends k6 by deleting its Pod (its image need not have a shell), and resolves with all that it has recorded. */
  async end(): Promise<Ended> {
    const { kube, namespace } = this.#ground;
    const metadata = { namespace, name: this.#pod };
    // a kubelet may take the Pod away before it has said how it ended; that k6 came to its end shows in its totals
    const ending = kube.until({ kind: 'Pod', ...metadata }, 'k6 to end', waits.podsReady, ([pod]) =>
      pod === undefined ? { exitCode: toldToEnd } : stateOf(pod)?.terminated,
    );
    const [{ exitCode }] = await Promise.all([ending, kube.delete({ kind: 'Pod', metadata }, { grace: graceSeconds })]);
    await this.#log;
    return { recording: this.#recording, exitCode };
  }

  /** Everything that k6 has recorded, once it has ended, which it is to do within so many seconds. */
  async ended(seconds: number): Promise<Ended> {
    const timeoutMs = seconds * 1_000 + waits.podsReady;
    const { terminated } = await this.#until('k6 to end', timeoutMs, (state) => state.terminated !== undefined);
    await this.#log;
    return { recording: this.#recording, exitCode: terminated?.exitCode ?? -1 };
  }
}
