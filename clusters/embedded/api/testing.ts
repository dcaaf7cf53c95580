/** For tests: a server on a free port of the loopback, with one kubelet that plays its part. */
import type { TestContext } from 'node:test';
import { ApiError, type KubeletApi, type KubeObject } from '../objects.ts';
import { createStore, serveApi } from './index.ts';

/**
 * Its commands: `echo WORDS`, `cat` (stdin to stdout), `fail CODE`, `both` (a line on each stream), `hang` (until the
 * client leaves), `gone` (refused).
 */
class FakeKubelet implements KubeletApi {
  /** What happened, for assertions. */
  readonly seen: string[] = [];

  async exec(
    ...[{ pod, container }, argv, { stdin, stdout, stderr }, { tty, signal }]: Parameters<KubeletApi['exec']>
  ) {
    this.seen.push(`exec ${pod}/${container} ${argv.join(' ')} tty=${tty}`);
    const write = (stream: NodeJS.WritableStream, text: string | Buffer) =>
      new Promise<void>((resolve) => stream.write(text, () => resolve()));
    switch (argv[0]) {
      case 'cat':
        for await (const chunk of stdin ?? []) await write(stdout, chunk);
        return 0;
      case 'both':
        await write(stdout, 'to stdout\n');
        await write(stderr, 'to stderr\n');
        return 0;
      case 'fail':
        return Number(argv[1]);
      case 'hang':
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        this.seen.push('aborted');
        return 137;
      case 'gone':
        throw new ApiError(404, 'NotFound', `container ${container} is not running`);
      default:
        await write(stdout, `${argv.slice(1).join(' ')}\n`);
        return 0;
    }
  }

  /** Its program is `cat`; there is none in a container called `gone`. */
  async attach(...[{ pod, container }, { stdin, stdout }]: Parameters<KubeletApi['attach']>) {
    this.seen.push(`attach ${pod}/${container}`);
    if (container === 'gone') throw new ApiError(404, 'NotFound', `container ${container} is not running`);
    for await (const chunk of stdin ?? []) stdout.write(chunk);
  }

  async logs(...[{ pod, container }, out, { signal, ...options }]: Parameters<KubeletApi['logs']>) {
    this.seen.push(`logs ${pod}/${container} ${JSON.stringify(options)}`);
    if (options.previous)
      throw new ApiError(400, 'BadRequest', `previous terminated container "${container}" not found`);
    out.write('first\n');
    if (options.follow) {
      const ticking = setInterval(() => out.write('more\n'), 20);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      clearInterval(ticking);
      this.seen.push('aborted');
    } else out.write('last\n');
  }
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

export async function startRig(t: TestContext) {
  const store = createStore();
  const kubelet = new FakeKubelet();
  const server = await serveApi({ store, kubelets: (node) => (node === 'node1' ? kubelet : undefined) });
  t.after(() => server.close());
  /** Gives the answer's code and body, parsed if it is JSON. */
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { code: response.status, body: (isJson ? JSON.parse(text) : text) as KubeObject, headers: response.headers };
  }
  return { store, kubelet, server, ask };
}

export const configMap = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  ...more,
});

/** A Pod with one container, on node1 unless `spec` says otherwise. */
export const pod = (name: string, spec: object = { nodeName: 'node1' }, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'main', image: 'node:24' }], ...spec },
});
