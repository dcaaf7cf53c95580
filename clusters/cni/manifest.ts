import type { V1Container } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './kube.ts';

/** The objects of a YAML text, Lists opened, empty documents left out. Throws with the first fault. */
export function parseManifest(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw new Error(`the manifest cannot be read: ${fault.message}`);
    const object = document.toJS() as KubeObject | null;
    if (object === null) return [];
    return object.kind === 'List' ? (object['items'] as KubeObject[]) : [object];
  });
}

type Container = V1Container & { image: string };

/** Every container of the workloads among the objects, to look at or to change. */
export function containers(objects: readonly KubeObject[]): Container[] {
  return objects.flatMap(({ kind, spec }) => {
    if (kind !== 'DaemonSet' && kind !== 'Deployment' && kind !== 'StatefulSet') return [];
    const { initContainers = [], containers = [] } = spec.template.spec as Record<string, Container[]>;
    return [...initContainers, ...containers];
  });
}

/** Images of the workloads, each once, with the registry and tag that are meant where they are not said. */
export const imagesOf = (objects: readonly KubeObject[]): string[] => [
  ...new Set(containers(objects).map(({ image }) => fullName(image))),
];

/** https://github.com/distribution/reference: what a runtime makes of a short name. */
function fullName(image: string): string {
  const [first = ''] = image.split('/');
  const hasPath = image.includes('/');
  const hasHost = hasPath && /[.:]|^localhost$/.test(first);
  const named = hasHost ? image : `docker.io/${hasPath ? '' : 'library/'}${image}`;
  return /:[^/]+$/.test(named) ? named : `${named}:latest`;
}

/** Sets variables of the containers of that name. Throws where there is none: then the release is another one. */
export function setEnvironment(objects: readonly KubeObject[], name: string, values: Record<string, string>): void {
  const found = containers(objects).filter((container) => container.name === name);
  if (found.length === 0) throw new Error(`the manifest has no container ${name}`);
  for (const container of found) {
    const kept = (container.env ?? []).filter((variable) => !Object.hasOwn(values, variable.name));
    container.env = [...kept, ...Object.entries(values).map(([name, value]) => ({ name, value }))];
  }
}

/** Gives images another name. Throws when there is none of the name given. */
export function renameImage(objects: readonly KubeObject[], from: string, to: string): void {
  const found = containers(objects).filter(({ image }) => image === from);
  if (found.length === 0) throw new Error(`the manifest has no image ${from}`);
  for (const container of found) {
    container.image = to;
    container.imagePullPolicy = 'IfNotPresent';
  }
}
