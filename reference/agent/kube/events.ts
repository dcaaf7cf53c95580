import { randomUUID } from 'node:crypto';
import { type Log, messageOf } from '../log.ts';
import type { KubeClient } from './client.ts';

/** The same, but for its figures, is not said again for so long, in milliseconds. */
const silenceMs = 60_000;

/** Where events of objects without a namespace are, as the kubelet has it. */
const namespace = 'default';

/**
 * Tells in a Warning event of the Node what happens on it: `kubectl describe node` shows them. The same at most
 * once a minute. Never fails: an event is a courtesy, and the log has it too.
 */
export function nodeEvents(client: Pick<KubeClient, 'post'>, node: string, log: Log, now = () => Date.now()) {
  const said = new Map<string, number>();
  return (reason: string, message: string): void => {
    for (const [what, when] of said) if (now() - when >= silenceMs) said.delete(what);
    const what = `${reason} ${message.replaceAll(/\d+/g, '')}`;
    if (said.has(what)) return;
    said.set(what, now());
    const at = new Date(now()).toISOString().replace(/\.\d+/, '');
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${node}.${randomUUID()}`, namespace },
      // the kubelet's events of its node have its name for a uid, and that is what they are looked for by
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: node, uid: node },
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
      log('an event could not be written', { reason, error: messageOf(error) });
    });
  };
}
