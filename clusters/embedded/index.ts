/**
 * The embedded cluster: Kubernetes' API, controllers, kubelets and DNS over network namespaces, no root needed. It
 * lives inside the namespaces that enter() makes, so a program that wants one is run through enter() first.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, ClusterProvider, CreateOptions } from '../cluster.ts';
import { nsenter, run } from './command.ts';
import type { ClusterTask, Report } from './main.ts';

/** The one of this process. What outlives its command is found through keep.ts. */
let started: { name: string; nodes: number; createdAt: string; cluster: Cluster } | undefined;

/** Private to the namespaces, and gone with them. */
const home = '/run/netvet/clusters';

/**
 * Makes clusters out of namespaces, one at a time. create() resolves when the API server answers and every node has
 * been registered; the nodes become Ready when a CNI has been installed. Rejects with what went wrong; the log is then
 * in `logDirectory`.
 */
export const embedded: ClusterProvider = {
  async create(options) {
    if (started) throw new Error(`the embedded cluster "${started.name}" is running here: one at a time`);
    const log = join(home, `${options.name}.log`);
    mkdirSync(home, { recursive: true });
    const child = launch(options, log);
    const ready = await reported(child, options).catch(async (error: Error) => {
      await ended(child);
      const kept = keepLog(log, options.logDirectory);
      throw new Error(`the embedded cluster could not be made: ${error.message} (log: ${kept})`);
    });
    const cluster = handle(child, options.name, ready);
    started = { name: options.name, nodes: options.nodes, createdAt: new Date().toISOString(), cluster };
    child.once('exit', () => {
      // still there: nobody asked it to end
      if (started?.cluster !== cluster) return;
      started = undefined;
      const path = keepLog(log, options.logDirectory);
      const end = readFileSync(log, 'utf8').slice(-2000);
      console.error(`the embedded cluster has ended unexpectedly (log: ${path}):\n${end}`);
    });
    return cluster;
  },

  list: async () => (started ? [started] : []),

  async delete(name) {
    if (started?.name === name) await started.cluster.delete();
  },
};

function launch({ name, nodes, adversary }: CreateOptions, log: string): ChildProcess {
  const output = openSync(log, 'w');
  const task: ClusterTask = { name, nodes, directory: join(home, name), adversary };
  const child = fork(join(import.meta.dirname, 'main.ts'), [JSON.stringify(task)], {
    stdio: ['ignore', output, output, 'ipc'],
    // a session of its own: a terminal's Ctrl-C is not for it
    detached: true,
  });
  closeSync(output);
  return child;
}

/** Shows the stages; resolves with the last word. */
function reported(child: ChildProcess, { progress }: CreateOptions): Promise<Report & { kind: 'ready' }> {
  return new Promise((resolve, reject) => {
    child.on('message', (report: Report) => {
      if (report.kind === 'stage') progress(report.stage);
      else if (report.kind === 'ready') resolve(report);
      else reject(new Error(report.message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`its process ended (${signal ?? `exit code ${code}`})`)));
  });
}

function keepLog(log: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'embedded-cluster.log');
  copyFileSync(log, path);
  return path;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
  });

/** How long an orderly end may take before the process is killed; its nodes end with it either way. */
const patienceMs = 5_000;

function handle(child: ChildProcess, name: string, { kubeconfig, nodes }: Report & { kind: 'ready' }): Cluster {
  const names = nodes.map((node) => node.name);
  return {
    name,
    provider: 'embedded',
    kubeconfig,
    async run(node, argv, options) {
      const { pid } = nodes[names.indexOf(node)] ?? {};
      if (pid === undefined) throw new Error(`no node is called ${node}: there are ${names.join(', ')}`);
      return run([...nsenter(pid), ...argv], options);
    },
    async delete() {
      if (started?.name === name) started = undefined;
      const over = ended(child);
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await over;
      clearTimeout(timer);
    },
  };
}
