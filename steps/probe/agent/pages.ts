/** Pages that are fetched over HTTP. */
import type { AttemptReport, Operations } from '../attempt.ts';
import { http } from './builtin.ts';
import { now } from './self.ts';
import { codeOf, outcomeOf, within } from './within.ts';

type Pauses = NonNullable<AttemptReport['serverStood']>;

/** `[[began, ended, number], ...]`, in ms before the answer, which has come late by what it was on its way. */
function pausesIn(text: string): Pauses {
  const pauses = JSON.parse(text) as [began: number, ended: number, number: number][];
  return pauses.map(([began, ended, number]) => [now() - began, now() - ended, number]);
}

/** Fetches a page on a connection of its own. */
export async function fetchPage(url: string, timeoutMs: number): Promise<Operations['fetch'][1]> {
  let status = 0;
  let body = '';
  let server: string | undefined;
  let serverStood: Pauses = [];
  /** What it waited for, one after the other, and from when on. */
  const stages: [what: string, from: number][] = [['resolving the name', now()]];
  const { micros, at, stoodMs, ...seen } = await within(timeoutMs, (finish) => {
    const request = http().get(url, { agent: false }, (response) => {
      status = response.statusCode ?? 0;
      server = response.headers['x-pod-name']?.toString();
      serverStood = pausesIn(response.headers['x-stood']?.toString() ?? '[]');
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => finish({ outcome: 'connected' }));
      response.on('error', (error) => finish({ outcome: 'reset', errno: codeOf(error) }));
    });
    request.on('error', (error) => {
      const code = codeOf(error);
      finish({ outcome: /^(ENOTFOUND|EAI_AGAIN|ENODATA)$/.test(code) ? 'unresolved' : outcomeOf(code), errno: code });
    });
    request.on('socket', (socket) => {
      socket.once('lookup', (_, address) => {
        stages.push([`connecting to ${address}`, now()]);
      });
      socket.once('connect', () => {
        stages.push(['waiting for the answer', now()]);
      });
    });
    return () => request.destroy();
  });
  const ends = [...stages.slice(1).map(([, from]) => from), now()];
  const waited = stages.map(([what, from], i) => ({ what, ms: Math.round((ends[i] as number) - from) }));
  const slowest = waited.reduce((most, one) => (one.ms > most.ms ? one : most));
  const errno = seen.outcome === 'timeout' ? `while ${stages.at(-1)?.[0]}` : seen.errno;
  return {
    outcome: seen.outcome,
    ...(errno === undefined ? {} : { errno }),
    status,
    body: body.slice(0, 100_000),
    micros,
    at,
    ...(server === undefined ? {} : { server }),
    ...(serverStood.length === 0 ? {} : { serverStood }),
    slowest,
    ...(stoodMs === undefined ? {} : { stoodMs }),
  };
}

/** A page as one attempt of a stream: what is not a page with status 200 is an error that names it. */
export async function visit(nonce: string, url: string, timeoutMs: number): Promise<AttemptReport> {
  const { status, body, ...seen } = await fetchPage(url, timeoutMs);
  if (seen.outcome !== 'connected' || status === 200) return { nonce, ...seen };
  return { nonce, ...seen, outcome: 'error', errno: `HTTP ${status} ${body.slice(0, 100).trim()}` };
}
