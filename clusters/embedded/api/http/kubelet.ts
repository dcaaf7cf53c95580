/** What exec, attach and logs share: which container of which Pod, and which kubelet runs it. */
import type { KubeletApi, KubeObject } from '../../objects.ts';
import { ApiError } from '../../objects.ts';
import { badRequest, notFound } from '../errors.ts';
import type { ResourceExchange } from './exchange.ts';

export interface Running {
  namespace: string;
  pod: string;
  container: string;
  /** Absent while the Pod is on no node. */
  kubelet: KubeletApi | undefined;
}

const names = (containers: { name: string }[] | undefined): string[] => (containers ?? []).map(({ name }) => name);

/** Finds the container that `?container=` names; a Pod's only one need not be named. */
export function runningOf({ store, target, kubelets, query }: ResourceExchange): Running {
  const name = target.name as string;
  const pod: KubeObject | undefined = store.get('Pod', target.namespace, name);
  if (!pod) throw notFound(target.resource, name);
  const own = names(pod['spec'].containers);
  const others = names(pod['spec'].initContainers).concat(names(pod['spec'].ephemeralContainers));
  const wanted = query.get('container') ?? '';
  if (wanted === '' && own.length > 1) {
    const choice = others.length > 0 ? ` or one of the init containers: [${others.join(' ')}]` : '';
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${choice}`);
  }
  const container = wanted || (own[0] as string);
  if (![...own, ...others].includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const node = pod['spec'].nodeName as string | undefined;
  const kubelet = node ? kubelets(node) : undefined;
  if (node && !kubelet)
    throw new ApiError(
      500,
      'InternalError',
      `Internal error occurred: error dialing backend: no kubelet answers on node ${node}`,
    );
  return { namespace: target.namespace as string, pod: name, container, kubelet };
}
