/** Events, as `kubectl describe` shows them. */
import { hash } from 'node:crypto';
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

/** Records events of one component, on one node if any; repeated ones are counted. Never fails. */
export function recorder(objects: Objects, component: string, host?: string): Recorder {
  return (about, type, reason, message, fieldPath) => {
    const { uid, name } = about.metadata;
    const namespace = about.metadata.namespace ?? 'default';
    const same = [component, host, about.kind, uid, type, reason, message, fieldPath];
    const event = `${name}.${hash('sha1', JSON.stringify(same)).slice(0, 16)}`;
    const now = timestamp();
    try {
      const earlier = objects.get('Event', namespace, event);
      if (earlier) {
        objects.patch('Event', namespace, event, { count: earlier['count'] + 1, lastTimestamp: now });
        return;
      }
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
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  };
}
