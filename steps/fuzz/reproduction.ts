import { Document, isCollection } from 'yaml';
import { objectOf } from '../kube/index.ts';
import type { Labels, Pod } from '../oracle/index.ts';
import { networkPolicy } from '../workloads/index.ts';
import { type Case, clusterOf, type Place } from './place.ts';

/** Serves the same ports as the agent of netvet, and is in the registry of Kubernetes. */
const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

/** A case as YAML to paste: namespaces, Pods that `matters` names or that have labels, policies with this run's IPs. */
export function reproduction(place: Place, one: Case, matters: Set<string>): string {
  const { namespaces, pods, policies } = clusterOf(place, one);
  const shown = pods.filter(({ name, labels }) => matters.has(name) || Object.keys(labels).length > 0);
  const usesAddresses = JSON.stringify(policies).includes('"ipBlock"');
  const used = namespaces.filter(
    ({ name }) =>
      [...shown, ...policies].some(({ namespace }) => namespace === name) ||
      JSON.stringify(policies).includes(`"${name}"`),
  );
  return [
    ...used.map(({ name }) => namespaceOf(name, one.namespaceLabels[place.namespaces.indexOf(name)] ?? {})),
    ...shown.map((pod) => podOf(pod, usesAddresses)),
    ...policies.map(({ namespace, name, spec }) => document(networkPolicy(namespace, name, spec))),
  ].join('---\n');
}

const namespaceOf = (name: string, labels: Labels): string =>
  document(objectOf('Namespace', { name, ...(Object.keys(labels).length > 0 && { labels }) }));

function podOf({ namespace, name, labels, ip, namedPorts }: Pod, usesAddresses: boolean): string {
  const container = (port: number) => ({
    name: `serve-${port}`,
    image,
    args: ['netexec', `--http-port=${port}`, `--udp-port=${port}`],
    ports: namedPorts.flatMap((one) =>
      one.port === port ? [{ name: one.name, protocol: one.protocol, containerPort: port }] : [],
    ),
  });
  const metadata = { name, namespace, ...(Object.keys(labels).length > 0 && { labels }) };
  const spec = { containers: [container(8080), container(8081)] };
  const pod = objectOf('Pod', metadata, { spec });
  return document(pod, usesAddresses ? ` its address was ${ip}: put that of yours into the ipBlocks` : undefined);
}

/** Maps without lists in them on one line, as people write them. */
function document(object: object, comment?: string): string {
  const yaml = new Document(object, { aliasDuplicateObjects: false });
  for (const path of [
    ['metadata'],
    ['spec', 'containers', 0, 'ports'],
    ['spec', 'containers', 1, 'ports'],
    ['spec', 'containers', 0, 'args'],
    ['spec', 'containers', 1, 'args'],
  ]) {
    const node = yaml.getIn(path);
    if (isCollection(node)) node.flow = true;
  }
  const text = yaml.toString({ lineWidth: 0 });
  return comment === undefined ? text : `#${comment}\n${text}`;
}
