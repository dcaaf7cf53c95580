/** What CNIs do on the nodes themselves. */
import { readFile } from 'node:fs/promises';
import type { Cluster } from '../cluster.ts';

export type Run = (argv: string[], stdin?: string) => Promise<void>;

/** Runs commands on a node; a command that fails rejects with what it printed. */
export function runnerOn(cluster: Cluster, node: string): Run {
  return async (argv, stdin) => {
    if (!cluster.run)
      throw new Error(
        `this CNI is installed by commands on the nodes, and netvet has no access to those of ${cluster.name}`,
      );
    const { exitCode, stdout, stderr } = await cluster.run(node, argv, stdin === undefined ? {} : { stdin });
    if (exitCode !== 0)
      throw new Error(`on ${node}: ${argv.join(' ')}: exit code ${exitCode}: ${(stderr || stdout).trim()}`);
  };
}

/**
 * Puts a program into the node's /opt/cni/bin, by rename: a file that is being run cannot be written. A node that sees
 * this machine's files links to it; any other is sent it.
 */
export async function placeProgram(run: Run, name: string, path: string): Promise<void> {
  const target = `/opt/cni/bin/${name}`;
  const link = 'test -x "$1" && ln -sfn "$1" "$2.new" && mv "$2.new" "$2"';
  const write = 'mkdir -p /opt/cni/bin && base64 -d >"$1.new" && chmod 755 "$1.new" && mv "$1.new" "$1"';
  try {
    await run(['sh', '-c', link, 'sh', path, target]);
  } catch {
    await run(['sh', '-c', write, 'sh', target], (await readFile(path)).toString('base64'));
  }
}
