import { spawn } from 'node:child_process';
import { firstProcess, saveKept } from '../clusters/embedded/keep.ts';
import { bringUp } from './bringup.ts';
import { cacheDirectory } from './paths.ts';
import { createProgress } from './progress.ts';
import { exitCode } from './usage.ts';

/** What to do inside the namespaces, checked by the command that started it. */
export interface ClusterTask {
  /** hold: until Ctrl-C. keep: in the background. shell: a fresh cluster with a shell. enter: a shell in one that is there. */
  kind: 'hold' | 'keep' | 'shell' | 'enter';
  name: string;
  cni: string;
  nodes: number;
  /** Directory for logs of a failed bring-up. */
  report: string;
  /** Path of kubectl, if there is one. */
  kubectl?: string | undefined;
  /** Of the cluster to enter. */
  kubeconfig?: string;
}

/** An interactive shell with KUBECONFIG set and kubectl on PATH. Its exit code becomes ours. */
async function openShell(kubeconfig: string, kubectl: string | undefined): Promise<number> {
  const shell = process.env['SHELL'] ?? '/bin/sh';
  if (kubectl !== undefined) await linkIntoPath(kubectl, 'kubectl');
  const child = spawn(shell, [], { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } });
  // Ctrl-C belongs to the shell, which shares the terminal
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? exitCode.broken));
  });
}

async function linkIntoPath(program: string, name: string): Promise<void> {
  const { mkdir, rm, symlink } = await import('node:fs/promises');
  // enter() puts this directory on PATH
  const directory = '/run/netvet/bin';
  await mkdir(directory, { recursive: true });
  await rm(`${directory}/${name}`, { force: true });
  await symlink(program, `${directory}/${name}`);
}

/** `netvet cluster ...`, inside the namespaces. Returns the exit code. */
export async function clusterInside(task: ClusterTask): Promise<number> {
  if (task.kind === 'enter') return openShell(task.kubeconfig as string, task.kubectl);
  const began = Date.now();
  const progress = createProgress({ stream: process.stderr });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const cluster = await bringUp(task, progress).catch((error: unknown) => {
    if (task.kind === 'keep') console.error(`${String(error)}\nnetvet: failed`);
    throw error;
  });
  progress.note(`Ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  progress.end();
  try {
    if (task.kind === 'shell') return await openShell(cluster.kubeconfig, task.kubectl);
    if (task.kind === 'keep') {
      const { name, nodes, cni } = task;
      saveKept(cacheDirectory(), {
        name,
        nodes,
        cni,
        createdAt: new Date().toISOString(),
        kubeconfig: cluster.kubeconfig,
        ...firstProcess(),
      });
      console.error('netvet: kept');
    } else {
      console.error(`running until Ctrl-C (netvet cluster create --keep leaves it running)`);
    }
    await stopped;
    return exitCode.interrupted;
  } finally {
    await cluster.delete();
  }
}
