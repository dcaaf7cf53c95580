import type { Kube } from './kube.ts';
import type { KubeObject } from './objects.ts';

/** As many as fit into a sentence. */
const most = 5;

/** The cluster's warnings about these objects, newest first, as the end of a sentence; empty where there are none. */
export async function warningsAbout(kube: Kube, namespace: string, names: string[]): Promise<string> {
  const events = await kube.list({ kind: 'Event', namespace }).catch((): KubeObject[] => []);
  const about = events.filter((event) => event['type'] === 'Warning' && names.includes(event['involvedObject']?.name));
  const lines = about
    .toSorted((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
    .map((event) => `${event['involvedObject'].name} ${event['reason']}: ${event['message']}`);
  const distinct = [...new Set(lines)];
  return distinct.length === 0 ? '' : `; events: ${distinct.slice(0, most).join('; ')}`;
}
