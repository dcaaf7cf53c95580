/** Events, as `kubectl describe` shows them. */
import { timestamp } from './api/storage/metadata.ts';
import { ApiError, type KubeObject, type Objects } from './objects.ts';

export type Recorder = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  /** The part of the object that it is about, e.g. `spec.containers{web}`. */
  fieldPath?: string,
) => void;

/** How many events are remembered for counting repetitions. */
const remembered = 4096;

/** Counted for all components together: two of them may write about one object in the same millisecond. */
let serial = 0;

/** Records events of one component, on one node if it is there. What happens again is counted on the first event. Never fails: an event is a courtesy. */
export function recorder(objects: Objects, component: string, host?: string): Recorder {
  const seen = new Map<string, { namespace: string; name: string; count: number }>();
  return (about, type, reason, message, fieldPath) => {
    const { uid, name } = about.metadata;
    const namespace = about.metadata.namespace ?? 'default';
    const key = JSON.stringify([about.kind, namespace, name, uid, type, reason, message, fieldPath]);
    const now = timestamp();
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
          ...(about.metadata.namespace && { namespace }),
          uid,
          resourceVersion: about.metadata.resourceVersion,
          ...(fieldPath && { fieldPath }),
        },
        type,
        reason,
        message,
        source: { component, ...(host && { host }) },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        reportingComponent: component,
        reportingInstance: host ?? '',
      });
      if (seen.size >= remembered) seen.clear();
      seen.set(key, { namespace, name: event, count: 1 });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  };
}
