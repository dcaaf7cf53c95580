/** Events that the agent writes. They are a courtesy: nothing here fails, and the log has them too. */
import { randomUUID } from 'node:crypto';
import { contentHash } from '../../model/hash.ts';
import { type Log, messageOf } from '../log.ts';
import { ApiStatusError, type KubeClient } from './client.ts';

/** The same of a node, but for its figures, is not said again for so long, in milliseconds. */
const silenceMs = 60_000;

/** Of Services of a namespace an agent says no more than `most` in `perMs` milliseconds: anybody may make conflicts. */
const bound = { most: 10, perMs: 600_000 };

/** An object that an event is about. */
interface About {
  kind: 'Node' | 'Service';
  name: string;
  namespace?: string;
  uid: string;
}

type Write = (about: About, id: string, reason: string, message: string) => void;

/** Writes Warning events of this node's agent. One that bears the same name and `id` is there once. */
function writer(client: Pick<KubeClient, 'post'>, node: string, log: Log, now: () => number): Write {
  return (about, id, reason, message) => {
    // an event of an object without a namespace is in this one, as the kubelet has it
    const { name, namespace = 'default' } = about;
    const at = new Date(now()).toISOString().replace(/\.\d+/, '');
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${id}`, namespace },
      involvedObject: { apiVersion: 'v1', ...about },
      type: 'Warning',
      reason,
      // the API takes no more
      message: message.slice(0, 1024),
      source: { component: 'netvet-cni', host: node },
      reportingComponent: 'netvet-cni',
      reportingInstance: node,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    client.post(`/api/v1/namespaces/${namespace}/events`, event).catch((error: unknown) => {
      if (error instanceof ApiStatusError && error.code === 409) return;
      log('an event could not be written', { reason, error: messageOf(error) });
    });
  };
}

/**
 * Tells in an event of the Node what happens on it: `kubectl describe node` shows them. The same at most once a
 * minute.
 */
export function nodeEvents(client: Pick<KubeClient, 'post'>, node: string, log: Log, now = () => Date.now()) {
  const write = writer(client, node, log, now);
  const said = new Map<string, number>();
  return (reason: string, message: string): void => {
    for (const [what, when] of said) if (now() - when >= silenceMs) said.delete(what);
    // of figures, not of names
    const what = `${reason} ${message.replaceAll(/(?<![\w.-])\d+(?![\w.-])/g, '')}`;
    if (said.has(what)) return;
    said.set(what, now());
    // the kubelet's events of its node have its name for a uid, and that is what they are looked for by
    write({ kind: 'Node', name: node, uid: node }, randomUUID(), reason, message);
  };
}

/**
 * Tells who made a Service what became of it, in an event in its namespace: `kubectl describe service` shows them. All
 * agents give it the same name, so that the API takes the first one's and refuses the others. False: that namespace has
 * had so many that this one has to wait.
 */
export function serviceEvents(client: Pick<KubeClient, 'post'>, node: string, log: Log, now = () => Date.now()) {
  const write = writer(client, node, log, now);
  const said = new Map<string, number[]>();
  return ({ namespace, name, uid }: Required<Omit<About, 'kind'>>, reason: string, message: string): boolean => {
    const isRecent = (when: number) => now() - when < bound.perMs;
    for (const [where, times] of said) if (!times.some(isRecent)) said.delete(where);
    const times = (said.get(namespace) ?? []).filter(isRecent);
    if (times.length >= bound.most) return false;
    said.set(namespace, [...times, now()]);
    write({ kind: 'Service', name, namespace, uid }, contentHash(`${uid} ${reason} ${message}`), reason, message);
    return true;
  };
}
