/** What volumes hold, written where containers can have it mounted from. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Pod, Volume } from '../kinds.ts';
import type { Node } from '../node/index.ts';
import { type Objects, tokenOf } from '../objects.ts';
import { dataOf, type Facts, fieldValue } from './environment.ts';

/** A ConfigMap's or Secret's part of a volume. */
interface Source {
  name?: string;
  secretName?: string;
  items?: { key: string; path: string; mode?: number }[];
  optional?: boolean;
}

interface File {
  path: string;
  content: string | Buffer;
  mode: number;
}

function filesOf(objects: Objects, pod: Pod, kind: 'ConfigMap' | 'Secret', source: Source, mode: number): File[] {
  const { secretName = '', name = secretName, items, optional = false } = source;
  const contents = dataOf(objects, pod, kind, { name, optional }, true);
  if (!contents) return [];
  if (!items) return Object.entries(contents).map(([path, content]) => ({ path, content, mode }));
  return items.flatMap(({ key, path, mode: own = mode }) => {
    const content = contents[key];
    if (content !== undefined) return [{ path, content, mode: own }];
    if (optional) return [];
    throw new Error(`references non-existent config key: ${key}`);
  });
}

/** What a volume of the cluster's objects holds: a projected volume of one or more sources. */
function filesIn(objects: Objects, pod: Pod, volume: Volume, facts: Facts): File[] {
  const { configMap, secret, downwardAPI, projected } = volume;
  const sources = projected?.sources ?? [{ configMap, secret, downwardAPI, serviceAccountToken: undefined }];
  const mode = (projected ?? configMap ?? secret ?? downwardAPI)?.defaultMode ?? 0o644;
  return sources.flatMap((source): File[] => {
    if (source.configMap) return filesOf(objects, pod, 'ConfigMap', source.configMap, mode);
    if (source.secret) return filesOf(objects, pod, 'Secret', source.secret, mode);
    if (source.serviceAccountToken) {
      const account = { namespace: pod.metadata.namespace as string, name: pod.spec.serviceAccountName ?? 'default' };
      return [{ path: source.serviceAccountToken.path, content: tokenOf(account), mode }];
    }
    return (source.downwardAPI?.items ?? []).map(({ path, fieldRef, mode: own = mode }) => ({
      path,
      content: fieldRef ? fieldValue(pod, fieldRef.fieldPath, facts) : '',
      mode: own,
    }));
  });
}

function hostPath(node: Node, { path, type = '' }: { path: string; type?: string }): string {
  // the node has mounts of its own: look through its eyes
  const here = join(`/proc/${node.pid}/root`, path);
  const info = statSync(here, { throwIfNoEntry: false });
  if (!info && (type === '' || type === 'DirectoryOrCreate')) mkdirSync(here, { recursive: true });
  else if (!info && type === 'FileOrCreate') {
    mkdirSync(dirname(here), { recursive: true });
    writeFileSync(here, '');
  } else {
    const is =
      type === '' ||
      (type.startsWith('Directory') && info?.isDirectory()) ||
      (type.startsWith('File') && info?.isFile()) ||
      (type === 'Socket' && info?.isSocket());
    if (!is) throw new Error(`hostPath type check failed: ${path} is not a ${type}`);
  }
  return path;
}

/**
 * Makes a Pod's volumes below `directory` (of the node, on its /run). Gives, by name, the node's path to mount from.
 * Throws for what is not there or not supported. Later changes of ConfigMaps and Secrets are not followed.
 */
export function prepareVolumes(objects: Objects, node: Node, pod: Pod, directory: string, facts: Facts) {
  const sources = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const own = join(directory, volume.name);
    try {
      if (volume.hostPath) {
        sources.set(volume.name, hostPath(node, volume.hostPath));
        continue;
      }
      if (!volume.emptyDir && !volume.configMap && !volume.secret && !volume.downwardAPI && !volume.projected) {
        throw new Error(
          'the embedded cluster has emptyDir, hostPath, configMap, secret, downwardAPI and projected volumes only',
        );
      }
      const here = join(node.state, own);
      mkdirSync(here, { recursive: true, mode: 0o777 });
      for (const file of filesIn(objects, pod, volume, facts)) {
        mkdirSync(dirname(join(here, file.path)), { recursive: true });
        writeFileSync(join(here, file.path), file.content, { mode: file.mode });
      }
      sources.set(volume.name, own);
    } catch (error) {
      const message = `MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`;
      throw new Error(message, { cause: error });
    }
  }
  return sources;
}
