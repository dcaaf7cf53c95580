import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Attach, type KubeConfig, type V1Status } from '@kubernetes/client-node';
import type { Container } from '../kube/objects.ts';
import { BrokenError } from '../outcome.ts';
import { cadence, waits } from '../waits.ts';
import { linesOf } from './agent/lines.ts';
import type { Hello, Operation, Operations, Standing } from './attempt.ts';
import { Clock } from './clock.ts';
import { harness, Still, watchHarness } from './still.ts';

// https://github.com/kubernetes/kubernetes/blob/v1.34.3/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
const statusStream = 3;

/** What it most likely is, and what to do. */
const tooBusy = 'it stands still, or the machine is too busy (--parallel 1, or a bigger machine)';

interface Pending {
  sentAt: number;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * The one line to an agent: newline-delimited JSON to and from its own standard input and output, to which the
 * container runtime attaches. That goes through the kubelet, so no NetworkPolicy cuts it, and needs no process of its
 * own. Several may be attached to one agent, and each hears all that it says: requests have an id that no other channel
 * gives. Once lost, every request rejects with BrokenError: it is never reopened.
 */
export class Channel {
  readonly clock = new Clock();
  /** When the agent stood still, as far as it has told. */
  readonly still = new Still();
  /** When a program that the agent relays to left a question unanswered. */
  readonly silence = new Still();
  /** What the agent calls itself in its answers: this process and no other. */
  agentId = '';
  /** The container that the agent is the program of. */
  readonly #address: Container;
  readonly #input = new PassThrough();
  readonly #pending = new Map<string, Pending>();
  readonly #prefix = randomBytes(6).toString('base64url');
  #next = 1;
  #heardAt = performance.now();
  #lost: Error | undefined;
  readonly #loss = Promise.withResolvers<never>();
  #heart: NodeJS.Timeout | undefined;
  #close: () => void = () => {};
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Told before anything was known of the agent's clock. */
  readonly #untimed: [from: number, to: number][] = [];

  private constructor(address: Container) {
    this.#address = address;
    // most of the time nobody waits for it
    this.#loss.promise.catch(() => {});
  }

  /** Opens the stream; resolves when the agent answers. Rejects with BrokenError when it does not in time. */
  static async open(config: KubeConfig, address: Container, patienceMs: number = waits.channelOpen): Promise<Channel> {
    const channel = new Channel(address);
    const timer = setTimeout(() => channel.#lose(`no agent answered within ${patienceMs / 1000} s`), patienceMs);
    try {
      // attach resolves when its socket opens, and may never do even that
      await Promise.race([channel.#connect(config), channel.#loss.promise]);
      channel.agentId = (await channel.#greet(patienceMs)).id;
      for (let i = 0; i < 3; i += 1) await channel.#ping();
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    channel.#heart = setInterval(() => void channel.#beat(), cadence.ping).unref();
    return channel;
  }

  async #connect(config: KubeConfig): Promise<void> {
    const { namespace, pod, container } = this.#address;
    const output = new PassThrough();
    const errors = new PassThrough({ encoding: 'utf8' });
    let complaint = '';
    errors.on('data', (text: string) => {
      complaint = (complaint + text).slice(-500);
    });
    output.on('data', () => {
      this.#heardAt = performance.now();
    });
    linesOf(output, (line) => this.#receive(line));
    const opening = new Attach(config).attach(namespace, pod, container, output, errors, this.#input, false);
    // client-node rejects with an ErrorEvent, whose message is the useful part
    const socket = await opening.catch((error: Error) => {
      throw new BrokenError(`attaching to ${namespace}/${pod} failed: ${error.message}`, { cause: error });
    });
    // the last word on the stream: why it ended
    socket.addEventListener('message', ({ data }) => {
      const message = data as Buffer;
      if (message[0] !== statusStream) return;
      const status = JSON.parse(message.toString('utf8', 1)) as V1Status;
      this.#lose(`the agent ended: ${status.message ?? status.status} ${complaint}`.trim());
    });
    socket.onclose = () => this.#lose(`the attached stream was closed ${complaint}`.trim());
    this.#close = () => socket.close();
    // lost while it was opening: nobody will close it any more
    if (this.#lost !== undefined) socket.close();
  }

  /** Passes over what others are told, and a line of which the beginning was said before this channel was attached. */
  #receive(line: string): void {
    if (!line.startsWith(`{"id":"${this.#prefix}.`)) return;
    let reply: { id: string; result?: never; error?: string } & Standing;
    try {
      reply = JSON.parse(line);
    } catch {
      return this.#lose('an answer is garbled');
    }
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#noteStanding(pending.sentAt, reply);
    this.#pending.delete(reply.id);
    clearTimeout(pending.timer);
    if (reply.error === undefined) pending.resolve(reply.result as never);
    else pending.reject(new BrokenError(`agent ${this.#address.pod}: ${reply.error}`));
  }

  /** One that was idle does not watch itself: how late it took the request in tells what it missed. */
  #noteStanding(sentAt: number, { stood = [], silent = [], woke }: Standing): void {
    this.#untimed.push(...stood);
    if (!Number.isFinite(this.clock.precision)) return;
    for (const [from, to] of silent) this.silence.note(this.clock.toHarness(from), this.clock.toHarness(to));
    for (const [from, to] of this.#untimed.splice(0))
      this.still.note(this.clock.toHarness(from), this.clock.toHarness(to));
    if (woke !== undefined) this.still.note(sentAt, this.clock.toHarness(woke) - this.clock.precision);
  }

  /** Asks the agent; the work may take `mayTakeMs`. BrokenError: it refuses, does not reply in time or is lost. */
  request<K extends Operation>(op: K, args: Operations[K][0], mayTakeMs = 0): Promise<Operations[K][1]> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const id = `${this.#prefix}.${this.#next++}`;
    const { promise, resolve, reject } = Promise.withResolvers<Operations[K][1]>();
    const sentAt = performance.now();
    if (op !== 'ping') this.#askedAt = sentAt;
    watchHarness();
    const patienceMs = mayTakeMs + waits.channelReply;
    const late = () => {
      // nobody was there to read the reply
      const now = performance.now();
      const left = patienceMs + harness.sum(sentAt, now) - (now - sentAt);
      const pending = this.#pending.get(id);
      if (left > 1 && pending !== undefined) {
        pending.timer = setTimeout(late, left);
        return;
      }
      this.#pending.delete(id);
      reject(new BrokenError(`agent ${this.#address.pod} did not reply to ${op} in ${patienceMs} ms: ${tooBusy}`));
    };
    const timer = setTimeout(late, patienceMs);
    this.#pending.set(id, { sentAt, resolve, reject, timer });
    // begins a line too: what another channel left unfinished when it was lost is not to spoil this one
    this.#input.write(`\n${JSON.stringify({ id, op, args })}\n`);
    return promise;
  }

  /** Asks again until somebody answers: an agent may be faster than the runtime is with attaching its output. */
  async #greet(patienceMs: number): Promise<Hello> {
    const { promise, resolve, reject } = Promise.withResolvers<Hello>();
    const ask = () => this.request('hello', {}, patienceMs).then(resolve, reject);
    const again = setInterval(() => void ask(), cadence.round);
    void ask();
    return promise.finally(() => clearInterval(again));
  }

  async #ping(): Promise<void> {
    const sentAt = performance.now();
    const { at } = await this.request('ping', {});
    const receivedAt = performance.now();
    if (!this.clock.agrees(sentAt, receivedAt, at)) return this.#lose('its clock has jumped');
    this.clock.sample(sentAt, receivedAt, at);
  }

  async #beat(): Promise<void> {
    const now = performance.now();
    const silence = now - this.#heardAt - harness.sum(this.#heardAt, now);
    if (silence > waits.channelSilence)
      return this.#lose(`nothing was heard from it for ${Math.round(silence / 1000)} s`);
    await this.#ping().catch(() => {});
  }

  #lose(why: string): void {
    const { namespace, pod } = this.#address;
    this.#lost ??= new BrokenError(`the stream to agent ${namespace}/${pod} is lost: ${why}`);
    this.#loss.reject(this.#lost);
    clearInterval(this.#heart);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#lost);
    }
    this.#pending.clear();
    this.#close();
  }

  /** Something was asked of the agent lately, so that it watches itself. */
  get isWatched(): boolean {
    return performance.now() - this.#askedAt < waits.watch / 2;
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  /** Idempotent. The agent stays; only the stream ends. */
  close(): void {
    this.#lose('it was closed');
  }
}
