/** A kind that is served in a second group too: events.k8s.io/v1, which is the Event of the core group with other names. */
import type { KubeObject } from '../objects.ts';
import type { Resource } from './resources.ts';
import { resource } from './resources.ts';

/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/events/v1/conversion.go */
const names: [core: string, events: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

/** Served, and stored as the kind of the same name in its own group. */
export const views: Resource[] = [resource('events.k8s.io/v1', 'Event', 'events', { shortNames: ['ev'] })];

function renamed(object: KubeObject, apiVersion: string, pairs: [from: string, to: string][]): KubeObject {
  const { apiVersion: _apiVersion, kind, metadata, ...rest } = object;
  const to = new Map(pairs);
  const fields = Object.entries(rest).map(([name, value]) => [to.get(name) ?? name, value]);
  return { apiVersion, kind, metadata, ...Object.fromEntries(fields) };
}

/** The object as it is stored, of one that came in as `resource`. */
export const stored = (resource: Resource, object: KubeObject): KubeObject =>
  views.includes(resource)
    ? renamed(
        object,
        'v1',
        names.map(([core, events]) => [events, core]),
      )
    : object;

/** A stored object as `resource` shows it. */
export const shown = (resource: Resource, object: KubeObject): KubeObject =>
  views.includes(resource) ? renamed(object, 'events.k8s.io/v1', names) : object;

/** A field selector of the view in the words of what is stored. */
export const storedSelector = (resource: Resource, text: string): string =>
  views.includes(resource)
    ? text.replaceAll(/\bregarding\./g, 'involvedObject.').replaceAll(/\breportingController\b/g, 'reportingComponent')
    : text;
