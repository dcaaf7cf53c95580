/** Programs behind a relay that keep a client waiting: to the client it looks as if the network lost packets. */
import type { Socket } from 'node:net';
import { now } from './self.ts';

/** What leaves a question unanswered for so long is silent, in ms. */
const silentMs = 500;

/** Questions that have no answer yet. */
const open = new Set<{ since: number }>();
let untold: [from: number, to: number][] = [];

function note({ since }: { since: number }): void {
  if (now() - since > silentMs && untold.push([since, now()]) > 200) untold.shift();
}

/** Notes for how long what is asked on one connection is not answered on the other. */
export function noteSilence(asking: Socket, answering: Socket): void {
  const question = { since: 0 };
  const over = () => {
    if (open.delete(question)) note(question);
  };
  asking.on('data', (chunk: Buffer) => {
    // PostgreSQL's Terminate has no answer
    if (open.has(question) || chunk[0] === 0x58) return;
    question.since = now();
    open.add(question);
  });
  asking.on('close', over);
  answering.on('data', over);
}

/** Silences that have not been told yet, as far as they have come. */
export function untoldSilences(): [from: number, to: number][] {
  for (const question of open) {
    note(question);
    if (now() - question.since > silentMs) question.since = now();
  }
  const silent = untold;
  untold = [];
  return silent;
}
