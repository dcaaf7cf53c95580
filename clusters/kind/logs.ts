/** What a node has to say when something failed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execIn } from './exec.ts';

/** File name -> command. */
const sources: Record<string, string[]> = {
  'kubelet.log': ['journalctl', '--no-pager', '--output=short-precise', '--unit=kubelet'],
  'containerd.log': ['journalctl', '--no-pager', '--output=short-precise', '--unit=containerd'],
  'journal.log': ['journalctl', '--no-pager', '--output=short-precise', '--lines=2000'],
  // one file of all, each under its path
  'pods.log': ['sh', '-c', 'for f in $(find /var/log/pods -name "*.log"); do echo "==> $f"; tail -n 500 "$f"; done'],
  'containers.txt': ['ctr', '--namespace', 'k8s.io', 'tasks', 'list'],
  'images.txt': ['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet'],
};

/** Milliseconds for one command: a node that hangs is not waited for. */
const commandMs = 15_000;

/** Writes the logs of all nodes into `directory`/NODE/. Never rejects: what failed before is what should be told. */
export async function collectLogs(docker: Docker, nodes: string[], directory: string): Promise<string> {
  await Promise.allSettled(nodes.map((node) => collectNode(docker, node, join(directory, node))));
  return directory;
}

async function collectNode(docker: Docker, node: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const container = docker.getContainer(node);
  // what systemd said, also where the container has ended
  const console = await container.logs({ stdout: true, stderr: true, tail: 2000 }).catch(() => Buffer.from(''));
  await writeFile(join(directory, 'console.log'), console);
  for (const [file, argv] of Object.entries(sources)) {
    const result = await execIn(container, argv, { timeoutMs: commandMs }).catch((error: Error) => ({
      stdout: '',
      stderr: error.message,
    }));
    await writeFile(join(directory, file), result.stdout + result.stderr);
  }
}
