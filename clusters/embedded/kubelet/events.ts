/** Events of the kubelet, as `kubectl describe pod` shows them. */
import { ApiError, type KubeObject, type Objects } from '../objects.ts';
import { timestamp } from './status.ts';

export type Recorder = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  fieldPath?: string,
) => void;

/** How many events are remembered for counting repetitions. */
const remembered = 4096;

/** What happens again is counted on the first event. Never fails: an event is a courtesy. */
export function recorder(objects: Objects, source: { component: string; host: string }): Recorder {
  const seen = new Map<string, { name: string; count: number }>();
  let serial = 0;
  return (about, type, reason, message, fieldPath) => {
    const { uid, name, namespace = 'default', resourceVersion } = about.metadata;
    const key = JSON.stringify([uid, type, reason, message, fieldPath]);
    const now = timestamp(new Date());
    try {
      const earlier = seen.get(key);
      if (earlier && objects.get('Event', namespace, earlier.name)) {
        earlier.count += 1;
        objects.patch('Event', namespace, earlier.name, { count: earlier.count, lastTimestamp: now });
        return;
      }
      serial += 1;
      const event = `${name}.${(Date.now() * 4096 + (serial % 4096)).toString(16)}`;
      objects.create({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: event, namespace },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          name,
          namespace,
          uid,
          resourceVersion,
          ...(fieldPath && { fieldPath }),
        },
        type,
        reason,
        message,
        source,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        reportingComponent: source.component,
        reportingInstance: source.host,
      });
      if (seen.size >= remembered) seen.clear();
      seen.set(key, { name: event, count: 1 });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // e.g. the namespace is being deleted
    }
  };
}
