import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { Log } from '@kubernetes/client-node';
import type { Container, Kube } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';

/** Follows a container's log to its end, past any policy, through the API. BrokenError: the stream breaks before. */
export async function followLog(
  kube: Pick<Kube, 'config'>,
  { namespace, pod, container }: Container,
  onLine: (line: string) => void,
): Promise<void> {
  const sink = new PassThrough();
  const lost = Promise.withResolvers<never>();
  // client-node pipes the answer's body without looking after its errors
  sink.on('pipe', (body: Readable) => body.on('error', lost.reject));
  const lines = createInterface({ input: sink, crlfDelay: Number.POSITIVE_INFINITY });
  const ended = new Promise<void>((resolve) => lines.on('close', resolve));
  lines.on('line', onLine);
  const opening = new Log(kube.config).log(namespace, pod, container, sink, { follow: true });
  try {
    await opening;
    await Promise.race([ended, lost.promise]);
  } catch (error) {
    throw new BrokenError(`the log of ${container} in ${pod} was lost: ${(error as Error).message}`, { cause: error });
  }
}
