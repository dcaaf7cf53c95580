import { Actor } from './actor.ts';
import { type Kube, KubeError, type KubeObject } from './kube/index.ts';
import { type Cluster, explain, judge, type Pod } from './oracle/index.ts';
import type { CellResult } from './probe/index.ts';

/**
 * What the documents of the NetworkPolicy API say of connections between Pods, and which policy and rule decide, read
 * from the objects that the API has now: one line per connection. Other connections (through a Service, from a node's
 * own network) are left out, and so are all where one may not read policies.
 */
export async function whyOf(kube: Kube, results: CellResult[]): Promise<string[]> {
  const pairs = results.flatMap(({ cell: { from, to } }) => {
    const server = to.servers[0]?.agent;
    const between =
      from instanceof Actor && server instanceof Actor && to.servers.length === 1 && server.ip === to.host;
    return between && isJudged(from) && isJudged(server)
      ? [{ from, server, port: to.port, protocol: to.protocol }]
      : [];
  });
  if (pairs.length === 0) return [];
  const actors = [...new Set(pairs.flatMap(({ from, server }) => [from, server]))];
  const reading = clusterOf(kube, [...new Set(actors.map(({ namespace }) => namespace))]);
  // users of other clusters may make policies and not list them
  const cluster = await reading.catch((error: unknown) => {
    if (!(error instanceof KubeError)) throw error;
    return undefined;
  });
  const podOf = (actor: Actor) =>
    cluster?.pods.find((pod) => pod.namespace === actor.namespace && pod.name === actor.podName);
  return pairs.flatMap(({ from, server, port, protocol }) => {
    const [client, target] = [podOf(from), podOf(server)];
    if (cluster === undefined || client === undefined || target === undefined) return [];
    const connection = { from: client, to: target, port, protocol };
    const judgement = judge(cluster, connection);
    const verdict = judgement.allowed ? 'allowed' : 'denied';
    const arrow = `${from.name} -> ${server.name}:${port}/${protocol}`;
    return [`${arrow} is to be ${verdict}: ${explain(connection, judgement)}`];
  });
}

/** What policies do to a Pod on its node's own network is left open by the documents. */
const isJudged = ({ pod }: Actor): boolean => pod['spec'].hostNetwork !== true;

async function clusterOf(kube: Kube, names: string[]): Promise<Cluster> {
  const each = async (kind: string) =>
    (await Promise.all(names.map((namespace) => kube.list({ kind, namespace })))).flat();
  const [namespaces, pods, policies] = await Promise.all([
    Promise.all(names.map((name) => kube.read({ kind: 'Namespace', metadata: { name } }))),
    each('Pod'),
    each('NetworkPolicy'),
  ]);
  return {
    namespaces: namespaces.map(({ metadata }) => ({ name: metadata.name, labels: labelsOf(metadata) })),
    pods: pods.map(podFrom),
    policies: policies.map(({ metadata: { namespace = '', name }, spec }) => ({ namespace, name, spec })),
  };
}

const labelsOf = ({ labels }: KubeObject['metadata']) => (labels ?? {}) as Record<string, string>;

interface ContainerPort {
  name?: string;
  containerPort: number;
  protocol: Pod['namedPorts'][number]['protocol'];
}

function podFrom({ metadata, spec, status }: KubeObject): Pod {
  const ports = (spec.containers as { ports?: ContainerPort[] }[]).flatMap((container) => container.ports ?? []);
  const namedPorts = ports.flatMap(({ name, protocol, containerPort }) =>
    name === undefined ? [] : [{ name, protocol, port: containerPort }],
  );
  const { namespace = '', name } = metadata;
  return { namespace, name, labels: labelsOf(metadata), ip: status?.podIP ?? '', namedPorts };
}
