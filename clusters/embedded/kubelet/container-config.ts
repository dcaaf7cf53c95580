/** What the container runtime needs to start a container of a Pod: image, command, environment, mounts, files. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Pod, VolumeMount } from '../kinds.ts';
import type { Node } from '../node/index.ts';
import { resolveImage } from '../programs/index.ts';
import { ConfigurationError, environmentOf, expand, type Facts } from './environment.ts';
import { hostsFile, resolvConf } from './hosts.ts';
import type { ContainerConfig } from './runtime.ts';
import type { PodHost, Sandbox } from './sandbox.ts';

/** What the Pod has by the time its containers start. */
interface PodParts {
  pod: Pod;
  sandbox: Sandbox;
  /** Volume name -> the node's path. */
  volumes: Map<string, string>;
  facts: Facts;
  /** Of the node, on its /run. */
  directory: string;
  /** As seen from here. */
  logs: string;
}

function mountOf(node: Node, volumes: Map<string, string>, mount: VolumeMount): ContainerConfig['mounts'][number] {
  const { name, mountPath, subPath, readOnly = false } = mount;
  const volume = volumes.get(name);
  if (volume === undefined)
    throw new ConfigurationError(`volumeMount ${mountPath} names volume ${name}, which the Pod does not have`);
  const source = join(volume, subPath ?? '');
  // the node has mounts of its own: look through its eyes
  const info = statSync(`/proc/${node.pid}/root${source}`, { throwIfNoEntry: false });
  const missing = `failed to prepare subPath for volumeMount "${name}": ${subPath ?? source} is not in it`;
  if (!info) throw new ConfigurationError(missing);
  return { source, target: mountPath, readOnly, isFile: !info.isDirectory() };
}

/** https://github.com/containerd/containerd/blob/v2.1.0/pkg/oci/spec.go (defaultUnixCaps) */
const usual = [
  ...['chown', 'dac_override', 'fsetid', 'fowner', 'mknod', 'net_raw', 'setgid', 'setuid', 'setfcap', 'setpcap'],
  ...['net_bind_service', 'sys_chroot', 'kill', 'audit_write'],
];

/**
 * What the container's root may do, as setpriv(1) takes it: the runtime's usual capabilities without `drop` and with
 * `add`. Names are compared as containerd does it: in any case, what is dropped at last.
 * https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container
 */
function capabilitiesOf({ securityContext: { privileged, capabilities } = {} }: Container): string {
  if (privileged) return '+all';
  const [add = [], drop = []] = [capabilities?.add, capabilities?.drop].map((names) =>
    names?.map((name) => {
      if (!/^[a-z_]+$/i.test(name)) throw new ConfigurationError(`unknown capability "${name}"`);
      return name.toLowerCase();
    }),
  );
  const dropped = drop.filter((name) => name !== 'all').map((name) => `-${name}`);
  if (add.includes('all')) return ['+all', ...dropped].join(',');
  const first = drop.includes('all') ? [] : usual;
  return ['-all', ...[...new Set([...first, ...add])].map((name) => `+${name}`), ...dropped].join(',');
}

/** Throws ImageError and ConfigurationError for what may yet come to be there. `attempt` counts the runs. */
export function containerConfig(host: PodHost, parts: PodParts, container: Container, attempt: number) {
  const { pod, facts, directory } = parts;
  const image = resolveImage(container.image);
  const env = environmentOf(host.objects, pod, container, facts, image.env);
  const words = (list: string[]) => list.map((word) => expand(word, env));
  const mounts = container.volumeMounts ?? [];
  return {
    directory: `${directory}/containers/${container.name}`,
    logPath: join(parts.logs, container.name, `${attempt}.log`),
    // a command of the Pod replaces the image's arguments too
    argv: [
      ...words(container.command ?? image.entrypoint),
      ...words(container.args ?? (container.command ? [] : image.cmd)),
    ],
    env,
    workingDirectory: container.workingDir ?? '/',
    mounts: mounts.map((mount) => mountOf(host.node, parts.volumes, mount)),
    followsMounts: mounts.some(({ mountPropagation = 'None' }) => mountPropagation !== 'None'),
    files: {
      '/etc/hosts': hostsFile(pod, facts.podIP, host.dns),
      '/etc/resolv.conf': resolvConf(pod, host.dns),
      '/etc/hostname': `${env['HOSTNAME']}\n`,
      '/etc/nsswitch.conf': 'hosts: files dns\npasswd: files\ngroup: files\n',
    },
    programs: image.programs,
    sandbox: parts.sandbox,
    capabilities: capabilitiesOf(container),
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem === true,
    hostPid: pod.spec.hostPID === true,
    stdin: !container.stdin ? 'none' : container.stdinOnce ? 'once' : 'open',
  } satisfies ContainerConfig;
}
