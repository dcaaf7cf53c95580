import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstProcess, saveKept } from '../clusters/embedded/keep.ts';
import { abandonBringUp, bringUp } from './bringup.ts';
import { cacheDirectory } from './paths.ts';
import { createProgress } from './progress.ts';
import { type ClusterChoice, providerFor, stays } from './providers.ts';
import { stopSignal } from './stop.ts';
import { exitCode } from './usage.ts';

/** What to do inside the namespaces, checked by the command that started it. */
export interface ClusterTask extends ClusterChoice {
  /** hold: until Ctrl-C. keep: in the background. shell: in a new cluster. enter: a shell in an existing one. */
  kind: 'hold' | 'keep' | 'shell' | 'enter';
  report: string;
  kubectl?: string | undefined;
  /** Of the embedded cluster to enter. */
  kubeconfig?: string;
}

/** An interactive shell with KUBECONFIG set and kubectl on PATH. Its exit code becomes ours. */
async function openShell(kubeconfig: string, kubectl: string | undefined): Promise<number> {
  const shell = process.env['SHELL'] ?? '/bin/sh';
  const programs = mkdtempSync(join(tmpdir(), 'netvet-shell-'));
  try {
    if (kubectl !== undefined) symlinkSync(kubectl, join(programs, 'kubectl'));
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${programs}:${process.env['PATH']}` };
    const child = spawn(shell, [], { stdio: 'inherit', env });
    // Ctrl-C belongs to the shell, which shares the terminal
    process.removeAllListeners('SIGINT').on('SIGINT', () => {});
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? exitCode.broken));
    });
  } finally {
    rmSync(programs, { recursive: true, force: true });
  }
}

/** A shell in an existing cluster. */
async function enterCluster(task: ClusterTask): Promise<number> {
  if (task.kubeconfig !== undefined) return openShell(task.kubeconfig, task.kubectl);
  const provider = await providerFor(task, '', console.error);
  if (provider.open === undefined) throw new Error(`a cluster of ${task.provider} cannot be entered`);
  const cluster = await provider.open(task.name);
  if (cluster === undefined) throw new Error(`no cluster named "${task.name}" is running`);
  return openShell(cluster.kubeconfig, task.kubectl);
}

/** `netvet cluster ...`, where the cluster can be reached. Returns the exit code. */
export async function clusterInside(task: ClusterTask): Promise<number> {
  if (task.kind === 'enter') return enterCluster(task);
  const began = Date.now();
  const progress = createProgress({ stream: process.stderr });
  const stopped = stopSignal();
  const bringing = bringUp({ ...task, mark: '' }, progress).catch((error: unknown) => {
    progress.end();
    if (task.kind === 'keep' && task.provider === 'embedded') console.error(`${String(error)}\nnetvet: failed`);
    throw error;
  });
  const cluster = await Promise.race([bringing, stopped]);
  if (cluster === undefined) {
    progress.end();
    await abandonBringUp();
    return exitCode.interrupted;
  }
  progress.note(`Ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  progress.end();
  if (task.kind === 'keep' && stays(task)) {
    console.log(`cluster ${task.name} is running: netvet cluster shell ${task.name}`);
    return exitCode.passed;
  }
  try {
    if (task.kind === 'shell') return await openShell(cluster.kubeconfig, task.kubectl);
    if (task.kind === 'keep') {
      const { name, nodes, cni = '' } = task;
      const kept = { name, nodes, cni, createdAt: new Date().toISOString(), kubeconfig: cluster.kubeconfig };
      saveKept(cacheDirectory(), { ...kept, ...firstProcess() });
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
