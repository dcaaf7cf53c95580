/** What exec, attach and logs share: which container of which Pod, and which kubelet runs it. */
import { badRequest, internal } from '../errors.ts';
import { objectOf, type ResourceExchange } from './exchange.ts';

const names = (containers: { name: string }[] | undefined): string[] => (containers ?? []).map(({ name }) => name);

/** Finds the container that `?container=` names; a Pod's only one need not be named. No kubelet: it is on no node. */
export function runningOf(exchange: ResourceExchange) {
  const { target, kubelets, query } = exchange;
  const { spec, metadata } = objectOf(exchange);
  const { name } = metadata;
  const own = names(spec.containers);
  const others = names(spec.initContainers).concat(names(spec.ephemeralContainers));
  const wanted = query.get('container') ?? '';
  if (wanted === '' && own.length > 1) {
    const choice = others.length > 0 ? ` or one of the init containers: [${others.join(' ')}]` : '';
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${choice}`);
  }
  const container = wanted || (own[0] as string);
  if (![...own, ...others].includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const node: string | undefined = spec.nodeName;
  const kubelet = node ? kubelets(node) : undefined;
  if (node && !kubelet) throw internal(`error dialing backend: no kubelet answers on node ${node}`);
  return { namespace: target.namespace as string, pod: name, container, kubelet };
}
