/** What tests of Pods share: short ways to make, watch, use and delete them on a test cluster. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { ContainerStatus, Pod } from '../kinds.ts';
import type { KubeletApi, KubeObject, LogOptions } from '../objects.ts';
import { isGone, type TestCluster, until } from '../testing.ts';

interface ExecOptions {
  stdin?: NodeJS.ReadableStream;
  signal?: AbortSignal;
  container?: string;
}

const running =
  (image: string, ...command: string[]) =>
  (source: string, more: object = {}) => ({ name: 'main', image, command: [...command, source], ...more });

/** A container that runs a script of Node.js, or of the shell. */
export const script = running('node:24', 'node', '-e');
export const shell = running('busybox', 'sh', '-c');

/** A container that does nothing until it is told to end. */
export const idle = (more: object = {}) => shell('trap exit TERM; sleep 1000 & wait', more);

/** An HTTP server that says who asked and what its own address is. */
export const web = (more: object = {}) =>
  script(
    `const { createServer } = require('node:http');
    createServer(({ socket }, response) => {
      response.end(JSON.stringify({ from: socket.remoteAddress, ip: process.env.IP }));
    }).listen(8080);
    process.on('SIGTERM', () => process.exit(0));
    console.log('serving');`,
    {
      env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, timeoutSeconds: 60 },
      ...more,
    },
  );

export const hasPhase = (wanted: string) => (object: Pod | undefined) => object?.status?.phase === wanted;

/** A condition on the Pod's first container. */
export const firstContainer = (condition: (status: ContainerStatus) => boolean) => (object: Pod | undefined) => {
  const [status] = object?.status?.containerStatuses ?? [];
  return status !== undefined && condition(status);
};

/** `cluster` is asked for when it is needed: tests make it in a hook. */
export function podTools(cluster: () => TestCluster) {
  let serial = 0;
  const kubeletOf = ({ spec }: Pod): KubeletApi => {
    const { nodes, kubelets } = cluster();
    return kubelets[nodes.findIndex(({ name }) => name === spec.nodeName)] as KubeletApi;
  };

  const containerOf = (pod: Pod, container: string) => ({ namespace: 'default', pod: pod.metadata.name, container });

  const settled = (pod: Pod, condition: (object: Pod | undefined) => boolean, timeoutMs?: number): Promise<Pod> =>
    until<Pod>(cluster().objects, 'Pod', pod.metadata.name, condition, timeoutMs);

  return {
    /** Resolves when the condition holds. */
    settled,

    make: (spec: object, node = 'node1', metadata: object = {}): Pod => {
      serial += 1;
      return cluster().objects.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${serial}`, namespace: 'default', ...metadata },
        spec: { nodeName: node, terminationGracePeriodSeconds: 2, ...spec },
      });
    },

    remove: async (...pods: Pod[]): Promise<void> => {
      for (const { metadata } of pods) cluster().objects.delete('Pod', 'default', metadata.name);
      await Promise.all(pods.map((pod) => settled(pod, isGone)));
    },

    eventsOf: (pod: Pod, reason?: string): KubeObject[] =>
      cluster()
        .objects.list('Event')
        .filter((event) => event['involvedObject'].uid === pod.metadata.uid)
        .filter((event) => reason === undefined || event['reason'] === reason),

    /** Both streams in one. */
    exec: async (pod: Pod, argv: string[], { stdin, signal, container = 'main' }: ExecOptions = {}) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      let output = '';
      for (const stream of [stdout, stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      const options = { tty: false, signal: signal ?? new AbortController().signal };
      const streams = { stdout, stderr, ...(stdin && { stdin }) };
      const code = await kubeletOf(pod).exec(containerOf(pod, container), argv, streams, options);
      return { code, output };
    },

    /** Attaches to a container; `lines` grows with what its program prints. */
    attach: (pod: Pod, container = 'main') => {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const lines: string[] = [];
      createInterface(stdout).on('line', (line) => lines.push(line));
      const gone = new AbortController();
      const options = { signal: gone.signal };
      const ended = kubeletOf(pod).attach(containerOf(pod, container), { stdin, stdout, stderr }, options);
      const says = async (count: number) => {
        while (lines.length < count) await once(stdout, 'data');
        return lines;
      };
      return { stdin, says, ended, leave: () => gone.abort() };
    },

    logs: async (pod: Pod, options: Omit<LogOptions, 'signal'> = {}, container = 'main'): Promise<string> => {
      const out = new PassThrough().setEncoding('utf8');
      let text = '';
      out.on('data', (chunk: string) => (text += chunk));
      const signal = AbortSignal.timeout(300_000);
      await kubeletOf(pod).logs(containerOf(pod, container), out, { ...options, signal });
      return text;
    },
  };
}
