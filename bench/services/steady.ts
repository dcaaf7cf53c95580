import type { Target } from './addresses.ts';
import { type Connection, open, touch } from './connect.ts';
import { clock, type Losses } from './tasks.ts';

const openConnections = 20;
/** A message on each open connection so often, and an answer to it within this time, or the connection is lost. */
const talkMs = 50;
const silenceMs = 1000;
/** A new connection so often. One without an answer in this time is lost: its first packet is sent again after 1 s. */
const freshMs = 10;
const patienceMs = 500;

interface Talk {
  connection: Connection;
  sent: number;
  received: number;
  heard: number;
  lost: boolean;
}

/** Traffic that goes on while something else happens. */
export class Steady {
  readonly #talks: Talk[];
  readonly #timers: NodeJS.Timeout[];
  readonly #running = new Set<Promise<void>>();
  #fresh = 0;
  #freshLost = 0;

  private constructor(talks: Talk[], targets: Target[]) {
    this.#talks = talks;
    this.#timers = [
      setInterval(() => this.#talk(), talkMs),
      setInterval(() => this.#connect(targets[this.#fresh++ % targets.length] as Target), freshMs),
    ];
  }

  /** Resolves when the open connections are open; rejects if one cannot be had. */
  static async start(targets: Target[]): Promise<Steady> {
    const talks = await Promise.all(
      Array.from({ length: openConnections }, async (_, i): Promise<Talk> => {
        const connection = await open(targets[i % targets.length] as Target, silenceMs);
        if (connection === undefined) throw new Error('a connection that was to stay open could not be made');
        const talk = { connection, sent: 0, received: 0, heard: clock(), lost: false };
        connection.socket.on('data', (data) => {
          talk.received += data.length;
          talk.heard = clock();
        });
        connection.socket.once('close', () => (talk.lost = true));
        return talk;
      }),
    );
    return new Steady(talks, targets);
  }

  async stop(): Promise<Losses> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running);
    for (const talk of this.#talks) await answered(talk);
    const openLost = this.#talks.filter(({ lost }) => lost).length;
    for (const { connection } of this.#talks) connection.socket.resetAndDestroy();
    return { open: this.#talks.length, openLost, fresh: this.#fresh, freshLost: this.#freshLost };
  }

  #talk(): void {
    for (const talk of this.#talks) {
      if (talk.sent === talk.received) talk.heard = clock();
      else if (clock() - talk.heard > silenceMs) talk.lost = true;
      talk.sent += 1;
      talk.connection.socket.write('.');
    }
  }

  #connect(target: Target): void {
    const attempt: Promise<void> = touch(target, patienceMs).then((connection) => {
      if (connection === undefined) this.#freshLost += 1;
      this.#running.delete(attempt);
    });
    this.#running.add(attempt);
  }
}

/** Waits for what is still to come on a connection. */
async function answered(talk: Talk): Promise<void> {
  const end = clock() + silenceMs;
  while (!talk.lost && talk.received < talk.sent) {
    if (clock() > end) talk.lost = true;
    await new Promise(setImmediate);
  }
}
