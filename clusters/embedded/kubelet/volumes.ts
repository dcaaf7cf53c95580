/** What volumes hold, written where containers can have it mounted from. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Objects, tokenOf } from '../objects.ts';
import { type Facts, fieldValue } from './environment.ts';
import type { ConfigMapSource, Pod, SecretSource, Volume } from './types.ts';

/** A volume cannot be had (yet): event FailedMount, and the kubelet tries again. */
class VolumeError extends Error {}

export interface VolumeHost {
  /** Where the node's directories are, as this process sees them. */
  state: string;
  /** The node's first process: through its /proc/PID/root a path of the node is reached from here. */
  pid: number;
}

interface File {
  path: string;
  content: string | Buffer;
  mode: number;
}

const defaultMode = 0o644;

function filesOf(
  objects: Objects,
  pod: Pod,
  kind: 'ConfigMap' | 'Secret',
  source: ConfigMapSource & SecretSource,
  fallback?: number,
): File[] {
  const name = source.name ?? source.secretName ?? '';
  const object = objects.get(kind, pod.metadata.namespace, name);
  if (!object) {
    if (source.optional === true) return [];
    throw new VolumeError(`${kind.toLowerCase()} "${name}" not found`);
  }
  const decode = (text: string, base64: boolean) => (base64 ? Buffer.from(text, 'base64') : text);
  const contents = new Map<string, string | Buffer>();
  for (const [key, text] of Object.entries((object['data'] ?? {}) as Record<string, string>))
    contents.set(key, decode(text, kind === 'Secret'));
  for (const [key, text] of Object.entries((object['binaryData'] ?? {}) as Record<string, string>))
    contents.set(key, decode(text, true));
  const mode = source.defaultMode ?? fallback ?? defaultMode;
  if (!source.items) return [...contents].map(([path, content]) => ({ path, content, mode }));
  return source.items.flatMap(({ key, path, mode: own }) => {
    const content = contents.get(key);
    if (content !== undefined) return [{ path, content, mode: own ?? mode }];
    if (source.optional === true) return [];
    throw new VolumeError(`references non-existent config key: ${key}`);
  });
}

function content(objects: Objects, pod: Pod, volume: Volume, facts: Facts): File[] {
  const fields = (
    items: { path: string; fieldRef?: { fieldPath: string }; mode?: number }[] = [],
    mode?: number,
  ): File[] =>
    items.map((item) => ({
      path: item.path,
      content: item.fieldRef ? fieldValue(pod, item.fieldRef.fieldPath, facts) : '',
      mode: item.mode ?? mode ?? defaultMode,
    }));
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return filesOf(objects, pod, 'ConfigMap', configMap);
  if (secret) return filesOf(objects, pod, 'Secret', secret);
  if (downwardAPI) return fields(downwardAPI.items, downwardAPI.defaultMode);
  return (projected?.sources ?? []).flatMap((source) => {
    const mode = projected?.defaultMode;
    if (source.configMap) return filesOf(objects, pod, 'ConfigMap', source.configMap, mode);
    if (source.secret) return filesOf(objects, pod, 'Secret', source.secret, mode);
    if (source.downwardAPI) return fields(source.downwardAPI.items, mode);
    if (!source.serviceAccountToken) return [];
    const { namespace = 'default' } = pod.metadata;
    const token = tokenOf({ namespace, name: pod.spec.serviceAccountName ?? 'default' });
    return [{ path: source.serviceAccountToken.path, content: token, mode: mode ?? defaultMode }];
  });
}

/** A path of the node, as this process reaches it: the node has mounts of its own. */
const through = (host: VolumeHost, path: string) => join(`/proc/${host.pid}/root`, path);

function hostPath(host: VolumeHost, { path, type = '' }: { path: string; type?: string }): string {
  const here = through(host, path);
  const info = statSync(here, { throwIfNoEntry: false });
  if (type === 'DirectoryOrCreate' || (type === '' && !info)) mkdirSync(here, { recursive: true });
  else if (type === 'FileOrCreate' && !info) {
    mkdirSync(dirname(here), { recursive: true });
    writeFileSync(here, '');
  } else if (type === 'Directory' && !info?.isDirectory())
    throw new VolumeError(`hostPath type check failed: ${path} is not a directory`);
  else if (type === 'File' && !info?.isFile())
    throw new VolumeError(`hostPath type check failed: ${path} is not a file`);
  else if (type === 'Socket' && !info?.isSocket())
    throw new VolumeError(`hostPath type check failed: ${path} is not a socket file`);
  return path;
}

/**
 * Makes a Pod's volumes below `directory` (a path of the node, on its /run). Gives, by volume name, the node's path to mount from.
 * Throws VolumeError for what is not there or not supported. Later changes of ConfigMaps and Secrets are not followed.
 */
export function prepareVolumes(
  objects: Objects,
  host: VolumeHost,
  pod: Pod,
  directory: string,
  facts: Facts,
): Map<string, string> {
  const sources = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const fail = (problem: string) =>
      new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`);
    const own = join(directory, volume.name);
    try {
      if (volume.hostPath) {
        sources.set(volume.name, hostPath(host, volume.hostPath));
        continue;
      }
      if (!volume.emptyDir && !volume.configMap && !volume.secret && !volume.downwardAPI && !volume.projected) {
        throw new VolumeError(
          'the embedded cluster has emptyDir, hostPath, configMap, secret, downwardAPI and projected volumes only',
        );
      }
      const here = join(host.state, own);
      mkdirSync(here, { recursive: true, mode: 0o777 });
      if (!volume.emptyDir) {
        for (const file of content(objects, pod, volume, facts)) {
          mkdirSync(dirname(join(here, file.path)), { recursive: true });
          writeFileSync(join(here, file.path), file.content, { mode: file.mode });
        }
      }
      sources.set(volume.name, own);
    } catch (error) {
      throw error instanceof VolumeError ? fail(error.message) : fail((error as Error).message);
    }
  }
  return sources;
}
