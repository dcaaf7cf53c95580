/**
 * `dialer.ts ADDRESS PORT`: in a Pod's network it asks for a new connection every 2 ms. A line `open` on stdin is
 * answered when one is made that began after it; `closed TIME` with a Seen of all that began since then.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { clock } from '../services/tasks.ts';

const everyMs = 2;
/** A connection that is not made by then is given up: it is not let through, or is one of a time that is over. */
const patienceMs = 300;

/** Times are of the monotonic clock, in milliseconds. */
export interface Seen {
  /** When each connection began that was made. */
  made: number[];
  asked: number;
  /** The longest time between two that began: the dialer itself did not get a processor. */
  stillMs: number;
}

const [address = '', port = ''] = process.argv.slice(2);
const pending = new Set<Socket>();
let asked: number[] = [];
let made: number[] = [];
let opened: { since: number; answer: () => void } | undefined;

function dial(): void {
  const began = clock();
  asked.push(began);
  const socket = connect({ host: address, port: Number(port) });
  const timer = setTimeout(() => end(), patienceMs);
  const end = () => {
    clearTimeout(timer);
    pending.delete(socket);
    socket.resetAndDestroy();
  };
  pending.add(socket);
  socket.on('error', end);
  socket.once('connect', () => {
    made.push(began);
    end();
    if (opened === undefined || began < opened.since) return;
    opened.answer();
    opened = undefined;
  });
}

/** What was seen since then; it begins anew. */
function seen(since: number): Seen {
  const during = asked.filter((at) => at >= since);
  const gaps = during.map((at, i) => at - (during[i - 1] ?? at));
  const result = { made: made.filter((at) => at >= since), asked: during.length, stillMs: Math.max(0, ...gaps) };
  for (const socket of pending) socket.destroy();
  pending.clear();
  [asked, made] = [[], []];
  return result;
}

setInterval(dial, everyMs);
createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, time] = line.split(' ');
  if (word === 'open') opened = { since: clock(), answer: () => console.log('{}') };
  else console.log(JSON.stringify(seen(Number(time))));
});
process.stdin.once('end', () => process.exit());
