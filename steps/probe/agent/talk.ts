/** Talks: one flow of datagrams that goes on. */
import { isIP } from 'node:net';
import type { Operations } from '../attempt.ts';
import { datagrams } from './datagrams.ts';
import { answerTo } from './dial.ts';
import { now } from './self.ts';

interface Talk {
  sent: number;
  answers: { id: string; at: number }[];
  stop: () => void;
}

const talks = new Map<string, Talk>();

/** Sends a datagram from one port every `everyMs`. */
export function talk({ key, host, port, everyMs }: Operations['talk'][0]): { started: boolean } {
  const socket = datagrams(isIP(host) === 6 ? 'udp6' : 'udp4');
  const report: Talk = { sent: 0, answers: [], stop: () => {} };
  socket.on('message', (message) => {
    const { outcome, id = '' } = answerTo(undefined, message.toString('latin1'));
    if (outcome === 'connected') report.answers.unshift({ id, at: now() });
  });
  socket.on('error', () => {});
  const timer = setInterval(() => socket.send(`netvet ${key}.${report.sent++} `, port, host, () => {}), everyMs);
  report.stop = () => {
    clearInterval(timer);
    socket.close();
    talks.delete(key);
  };
  talks.set(key, report);
  return { started: true };
}

/** Who answered a talk; `stop`: it ends. */
export function talked({ key, newest, stop }: Operations['talked'][0]): Operations['talked'][1] {
  const one = talks.get(key);
  if (stop) one?.stop();
  return { sent: one?.sent ?? 0, answers: one?.answers.slice(0, newest) ?? [], at: now() };
}
