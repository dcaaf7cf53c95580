import type { KubeObject } from '../kube/index.ts';
import type { NetvetWorld } from '../world.ts';
import { follow } from './follow.ts';

/** Whoever speaks HTTP answers it, and so does an API server that wants TLS: with 400 and a sentence. */
const question = Buffer.from('GET /version HTTP/1.0\r\n\r\n').toString('base64');

/** Each client gets an answer of the API server. It has a Service like any other, but what is behind it is no Pod. */
export async function expectApiServer(world: NetvetWorld, clients: string[]): Promise<void> {
  const timeoutMs = world.timeoutMs;
  const { spec } = await world.kube.read({ kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' } });
  const { clusterIP: host, ports } = spec as { clusterIP: string; ports: { port: number }[] } & KubeObject;
  const request = { host, port: ports[0]?.port as number, bytes: question, timeoutMs };
  for (const client of clients) {
    await follow(world, `${client} reaches the API server`, async () => {
      const { outcome, errno = '', answer } = await world.actor(client).channel.request('say', request, timeoutMs);
      const text = Buffer.from(answer, 'base64').toString('latin1').split('\r')[0];
      return { right: text?.startsWith('HTTP/') === true, seen: `${outcome} ${errno} "${text}"` };
    });
  }
}
