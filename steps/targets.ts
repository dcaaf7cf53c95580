import type { Actor } from './actor.ts';
import type { KubeObject } from './kube/index.ts';
import { BrokenError } from './outcome.ts';
import { parseTarget, type Target } from './probe/index.ts';
import type { ServicePort } from './workloads/index.ts';

/** What a scenario has, by its own names. */
export interface Things {
  namespaces: Map<string, string>;
  actors: Map<string, Actor>;
  services: Map<string, KubeObject>;
}

/** The thing that a scenario calls so. */
export function found<T>(things: Map<string, T>, name: string, kind: string): T {
  const thing = things.get(name);
  if (thing !== undefined) return thing;
  throw new BrokenError(`the scenario has no ${kind} "${name}", only ${[...things.keys()].join(', ') || 'none'}`);
}

type Port = Required<Omit<ServicePort, 'name'>>;

/** Where the words of a matrix lead to, and which agents may be found there. */
export function targetOf(things: Things, text: string): Target {
  const { kind, name, port, protocol } = parseTarget(text);
  if (kind === 'Pod') {
    const agent = found(things.actors, name, 'Pod');
    const listener = { protocol, port: port ?? 8080 };
    return { name, host: agent.ip, ...listener, servers: [{ agent, listener }] };
  }
  const [serviceName = '', ...namespace] = name.split('.');
  const { spec, formerPorts = [] } = found(things.services, serviceName, 'Service');
  const chosen = [...(spec.ports as Port[]), ...(formerPorts as Port[])].find(
    (one) => one.protocol === protocol && (port === undefined || one.port === port),
  );
  if (chosen === undefined) throw new BrokenError(`Service ${serviceName} has no port ${port ?? ''}/${protocol}`);
  if (!spec.clusterIP) throw new BrokenError(`the API gave the Service ${serviceName} no address`);
  const dnsName = [serviceName, ...namespace.map((one) => found(things.namespaces, one, 'namespace'))].join('.');
  const servers = backendsOf(things, serviceName).map((agent) => {
    const number = typeof chosen.targetPort === 'string' ? agent.portNamed(chosen.targetPort) : chosen.targetPort;
    return { agent, listener: { protocol, port: number ?? 0 } };
  });
  const host = kind === 'Service' ? (spec.clusterIP as string) : dnsName;
  return { name: `${kind} ${name}`, host, port: chosen.port, protocol, servers };
}

/** The Pods of the scenario that a Service's selector finds. */
export function backendsOf({ actors, services }: Things, serviceName: string): Actor[] {
  const { metadata, spec } = found(services, serviceName, 'Service');
  const selector = Object.entries((spec.selector ?? {}) as Record<string, string>);
  const selected = (actor: Actor) => selector.every(([key, value]) => actor.pod.metadata.labels?.[key] === value);
  return [...actors.values()].filter((actor) => actor.namespace === metadata.namespace && selected(actor));
}

/** A text in which namespaces go by the scenario's names. */
export function asNamed(text: string, namespaces: Map<string, string>): string {
  // one real name may begin with another
  const longest = [...namespaces].toSorted(([, a], [, b]) => b.length - a.length);
  return longest.reduce((all, [name, real]) => all.replaceAll(real, name), text);
}
