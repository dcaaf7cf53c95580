import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import { cadence } from '../waits.ts';
import type { World } from '../world.ts';
import { groundOf, precisionOf, vouch } from './ground.ts';
import type { Arrival, Attempt } from './outcome.ts';

/** How often each client dials anew at least, in ms: with many nodes more seldom, for there are two servers. */
const gapMs = (clients: number): number => Math.max(5, clients);
/** An attempt without an answer for so long has got none, in ms. */
const timeoutMs = 500;

/** Fresh connections from every node to one address, all the time, with what became of them at both ends. */
export class Dialling {
  readonly #world: World;
  readonly #clients: Actor[];
  readonly #key: string;
  readonly #began = performance.now();

  private constructor(world: World) {
    this.#world = world;
    this.#clients = groundOf(world).clients;
    this.#key = `change-${world.freshKey()}-`;
  }

  /** Resolves when every client has made its first attempt. */
  static async start(world: World, host: string): Promise<Dialling> {
    const dialling = new Dialling(world);
    const everyMs = gapMs(dialling.#clients.length);
    await dialling.#each(({ channel }, key) => channel.request('stream', { key, host, port: 80, everyMs, timeoutMs }));
    return dialling;
  }

  #each<T>(ask: (client: Actor, key: string) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#clients.map((client, i) => ask(client, `${this.#key}${i}`)));
  }

  /** Whoever sent this nonce. */
  #clientOf(nonce: string): Actor {
    return this.#clients[Number.parseInt(nonce.slice(this.#key.length), 10)] as Actor;
  }

  /** What has come in so far, in order. */
  async arrivals({ channel }: Actor): Promise<Arrival[]> {
    const { clock } = channel;
    const { arrivals } = await channel.request('arrivals', { prefix: this.#key });
    const all = arrivals.map(({ nonce, at }) => ({ nonce, client: this.#clientOf(nonce), at: clock.toHarness(at) }));
    return all.toSorted((a, b) => a.at - b.at);
  }

  /** Looks until all clients have come in at one of the servers, or it is that late; more and more seldom. */
  async foundBy(servers: Actor[], deadline: number): Promise<void> {
    const began = performance.now();
    while (performance.now() < deadline) {
      const arrivals = (await Promise.all(servers.map((server) => this.arrivals(server)))).flat();
      if (this.#clients.every((one) => arrivals.some(({ client }) => client === one))) return;
      await delay(Math.max(cadence.look, (performance.now() - began) / 10));
    }
  }

  /** Ends it, with what both ends saw, server by server. BrokenError: a client, a server or its log has a gap. */
  async end(servers: Actor[]) {
    const endedAt = performance.now();
    const attempts = await this.#stop();
    await Promise.all(servers.map((server) => vouch(server, this.#began)));
    const arrivals = await Promise.all(servers.map((server) => this.arrivals(server)));
    return { clients: this.#clients, attempts, arrivals, endedAt, precisionMs: precisionOf(this.#world) };
  }

  async #stop(): Promise<Attempt[]> {
    const told = await this.#each(async (client, key) => {
      const { reports } = await client.channel.request('streamed', { key, stop: true }, timeoutMs);
      if (reports.length === 0) throw new BrokenError(`${client.name} has not dialled`);
      return reports.map(({ nonce, at, micros, outcome, id }): Attempt => {
        const server = this.#world.nameOf(id) ?? '';
        const began = client.channel.clock.toHarness(at);
        const answer = { at: began + micros / 1000, server };
        return { nonce, client, at: began, ...(outcome === 'connected' ? { answer } : {}) };
      });
    });
    return told.flat();
  }
}
