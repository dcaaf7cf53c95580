/** A container of a Pod, as the runtime is to start it: image, command, environment, mounts, files. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, resolveImage } from '../images/index.ts';
import type { Node } from '../node/index.ts';
import type { Objects } from '../objects.ts';
import type { ContainerSpec } from './container.ts';
import { ConfigurationError, environmentOf, expand, type Facts } from './environment.ts';
import { type DnsSettings, hostsFile, resolvConf } from './hosts.ts';
import { ImageError } from './runner.ts';
import type { Sandbox } from './sandbox.ts';
import type { Container, Pod, SecurityContext, VolumeMount } from './types.ts';

export interface LaunchHost {
  objects: Objects;
  node: Node;
  dns: DnsSettings;
}

/** What the Pod has by the time its containers start. */
export interface PodParts {
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

function imageOf(reference: string): Image {
  try {
    return resolveImage(reference);
  } catch (error) {
    throw new ImageError((error as Error).message);
  }
}

function mountOf(
  node: Node,
  volumes: Map<string, string>,
  { name, mountPath, subPath, readOnly = false }: VolumeMount,
) {
  const volume = volumes.get(name);
  if (volume === undefined)
    throw new ConfigurationError(`volumeMount ${mountPath} names volume ${name}, which the Pod does not have`);
  const source = join(volume, subPath ?? '');
  // the node has mounts of its own: look through its eyes
  const info = statSync(`/proc/${node.pid}/root${source}`, { throwIfNoEntry: false });
  if (!info)
    throw new ConfigurationError(
      `failed to prepare subPath for volumeMount "${name}": ${subPath ?? source} is not in it`,
    );
  return { source, target: mountPath, readOnly, recursive: true, isFile: !info.isDirectory() };
}

/** https://github.com/containerd/containerd/blob/v2.1.0/pkg/oci/spec.go (defaultUnixCaps) */
const usual = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
];

/**
 * What the container's root may do, as setpriv(1) takes it: the runtime's usual capabilities without `drop` and with `add`.
 * https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container
 */
export function capabilitiesOf({
  privileged,
  capabilities: { add = [], drop = [] } = {},
}: SecurityContext = {}): string {
  if (privileged || add.includes('ALL')) return '+all';
  const kept = drop.includes('ALL') ? [] : usual.filter((name) => !drop.includes(name));
  return ['-all', ...new Set([...kept, ...add].map((name) => `+${name.toLowerCase()}`))].join(',');
}

/** Throws ImageError and ConfigurationError for what may yet come to be there. `attempt` counts the container's runs. */
export function containerSpec(host: LaunchHost, parts: PodParts, container: Container, attempt: number): ContainerSpec {
  const { pod, facts, directory } = parts;
  const image = imageOf(container.image);
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
    capabilities: capabilitiesOf(container.securityContext),
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem === true,
    hostPid: pod.spec.hostPID === true,
    stdin: !container.stdin ? 'none' : container.stdinOnce ? 'once' : 'open',
  };
}
