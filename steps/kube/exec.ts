import { PassThrough } from 'node:stream';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { BrokenError } from '../outcome.ts';
import { cadence } from '../waits.ts';
import type { Kube } from './kube.ts';
import type { Container } from './objects.ts';

/** What a command in a container came to; its stdout and stderr in one. */
export interface Executed {
  code: number;
  output: string;
}

/** Runs a command in a container. `what` begins the BrokenError's sentence; `mayEndIt`: the container may end by it. */
export async function execIn(
  kube: Pick<Kube, 'config'>,
  { namespace, pod, container }: Container,
  argv: string[],
  { what, timeoutMs, mayEndIt = false }: { what: string; timeoutMs: number; mayEndIt?: boolean },
): Promise<Executed> {
  const text = new PassThrough({ encoding: 'utf8' });
  let output = '';
  text.on('data', (chunk: string) => {
    output += chunk;
  });
  const { promise, resolve, reject } = Promise.withResolvers<Executed>();
  const fail = (why: string) => reject(new BrokenError(`${what} was not carried out: ${why} ${output}`.trim()));
  const lost = (why: string) => (mayEndIt ? resolve({ code: 0, output }) : fail(why));
  const ended = (status: V1Status) => {
    const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
    if (status.status === 'Success') resolve({ code: 0, output });
    else if (code === undefined) lost(status.message ?? 'no reason was given');
    else resolve({ code: Number(code), output });
  };
  const timer = setTimeout(() => fail(`no answer in ${timeoutMs / 1000} s`), timeoutMs);
  const opening = new Exec(kube.config).exec(namespace, pod, container, argv, text, text, null, false, ended);
  opening.then(
    (socket) => {
      socket.onclose = () => setTimeout(() => lost('the stream ended'), cadence.round);
      void promise.catch(() => {}).finally(() => socket.close());
    },
    (error: Error) => fail(error.message),
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
