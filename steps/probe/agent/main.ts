/**
 * The program in every test Pod. It serves TCP, UDP and HTTP, probes other Pods, and tells both ends' story over one
 * channel.
 *
 * Bundled into one file without dependencies (../source.ts), it is mounted from a ConfigMap into a stock node:24
 * container. It serves and dials as told by the environment, and answers on its standard output what it is asked on its
 * standard input, in lines of JSON: whoever attaches to the container talks to it. Nothing else is printed there.
 * Environment: NETVET_NAME (what it calls itself; default: the host name), NETVET_LISTEN (JSON Listener[]), NETVET_DIAL
 * (JSON Dial), NETVET_LINGER_MS.
 */
import type { Dial, Listener } from '../attempt.ts';
import { answer } from './channel.ts';
import { linesOf } from './lines.ts';
import { listen } from './listen.ts';
import { dialFromTheStart } from './streams.ts';

function serve(): void {
  const linger = Number(process.env['NETVET_LINGER_MS'] ?? 0);
  // the first process of a container gets no default action for signals
  process.on('SIGTERM', () => setTimeout(() => process.exit(0), linger));
  // without anybody who listens there is nobody to answer
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => {});
  linesOf(process.stdin, (line) => void answer(line));
  const asked = JSON.parse(process.env['NETVET_LISTEN'] ?? '[]') as Listener[];
  void Promise.all(asked.map(listen)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}

const dialText = process.env['NETVET_DIAL'];
if (dialText !== undefined) dialFromTheStart(JSON.parse(dialText) as Dial);
serve();
