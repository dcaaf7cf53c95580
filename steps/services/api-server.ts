import type { KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';

/** Whoever speaks HTTP answers it, and so does an API server that wants TLS: with 400 and a sentence. */
const question = Buffer.from('GET /version HTTP/1.0\r\n\r\n').toString('base64');
const denials = ['timeout', 'refused', 'unreachable'];
const service = { name: 'kubernetes', namespace: 'default' };

/** Skips the scenario where the addresses behind the Service "kubernetes" are Pods': selectors may then find it. */
export async function needApiServerOutside(world: World): Promise<void> {
  const { kube } = world;
  const labelSelector = 'kubernetes.io/service-name=kubernetes';
  const slices = await kube.list({ kind: 'EndpointSlice', namespace: service.namespace, labelSelector });
  const pods = await kube.list({ kind: 'Pod', namespace: 'kube-system' });
  const addresses = slices.flatMap((slice) => (slice['endpoints'] ?? []) as { addresses: string[] }[]);
  const behind = new Set(addresses.flatMap((each) => each.addresses));
  const pod = pods.find((each) => behind.has(each['status']?.podIP));
  world.skipIf(pod !== undefined && `the API server is at the address of a Pod here, ${pod.metadata.name}`);
}

/** Each client gets an answer of the API server. It has a Service like any other, but what is behind it is no Pod. */
export async function expectApiServer(world: World, clients: string[]): Promise<void> {
  const ask = await questioner(world);
  for (const client of clients) await world.looking.follow(`${client} reaches the API server`, () => ask(client));
}

/** No answer for the client, in looks in which the witness gets one: the API server is there. */
export async function expectNoServer(world: World, client: string, witness: string): Promise<void> {
  const ask = await questioner(world);
  await world.looking.follow(`${client} no longer reaches the API server`, async () => {
    const [kept, open] = await Promise.all([ask(client), ask(witness)]);
    const seen = `${client}: ${kept.seen}; ${witness}: ${open.seen}`;
    return { right: kept.denied && open.right, isCertain: kept.right, seen };
  });
}

async function questioner(world: World) {
  const { spec } = await world.kube.read({ kind: 'Service', metadata: service });
  const { clusterIP: host, ports } = spec as { clusterIP: string; ports: { port: number }[] } & KubeObject;
  const request = { host, port: ports[0]?.port as number, bytes: question };
  return async (client: string) => {
    const { timeoutMs } = world;
    const { channel } = world.actor(client);
    const asked = { ...request, timeoutMs, answerMs: waits.apiServerAnswer };
    const { outcome, errno = '', opened, answer } = await channel.request('say', asked, timeoutMs + asked.answerMs);
    const text = Buffer.from(answer, 'base64').toString('latin1').split('\r')[0];
    return {
      right: text?.startsWith('HTTP/') === true,
      denied: denials.includes(outcome) && !opened,
      seen: `${opened ? 'a connection, then ' : ''}${outcome} ${errno} "${text}"`,
    };
  };
}
