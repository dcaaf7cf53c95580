import { setTimeout as delay } from 'node:timers/promises';
import { podsReady } from '../actor.ts';
import { type Container, type Executed, execIn, skipForbidden } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { cadence, waits } from '../waits.ts';
import { nodeShellPod } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

/** Into all namespaces of the node's first process: from there on it is as if one had logged in. */
const entrance = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];

/**
 * Commands on a node, through a privileged Pod that the scenario starts there: the suite has no other way to a node.
 * The Pod is on the node's own network, so that it comes up whatever the CNI does, and comes back with the node.
 */
export class NodeShell {
  readonly node: string;
  readonly #world: NetvetWorld;
  readonly #container: Container;

  private constructor(world: NetvetWorld, node: string, container: Container) {
    this.#world = world;
    this.node = node;
    this.#container = container;
  }

  /** Skips the scenario where such a Pod is not allowed, or where the node is not run by systemd, if that is needed. */
  static async open(world: NetvetWorld, node: string, { systemd = true } = {}): Promise<NodeShell> {
    const real = await shellNamespace(world);
    const name = `shell-${world.freshKey()}`;
    const creating = world.create(nodeShellPod(real, name, world.parameters.images.node, node));
    await creating.catch(skipForbidden('privileged Pods are not allowed here'));
    await podsReady(world.kube, real, [name]);
    const shell = new NodeShell(world, node, { namespace: real, pod: name, container: 'shell' });
    if (!systemd) return shell;
    const { code, output } = await shell.run('read -r first </proc/1/comm; echo "$first"; command -v systemd-run');
    if (code !== 0 || !output.startsWith('systemd\n'))
      throw new SkipError(`${node} is not run by systemd, through which this scenario acts on nodes`);
    return shell;
  }

  /** Runs a script of sh with words as $1, $2 ... Rejects with BrokenError when the node cannot be asked now. */
  async run(script: string, ...words: string[]): Promise<Executed> {
    const argv = [...entrance, 'sh', '-c', script, 'sh', ...words];
    const what = `a command on ${this.node}`;
    return execIn(this.#world.kube, this.#container, argv, { what, timeoutMs: waits.nodeCommand });
  }

  /** The same; a script that fails breaks the scenario. Returns its output, trimmed. */
  async must(script: string, ...words: string[]): Promise<string> {
    const { code, output } = await this.run(script, ...words);
    if (code !== 0) throw new BrokenError(`on ${this.node} \`${script}\` ended with ${code}: ${output.trim()}`);
    return output.trim();
  }

  /**
   * Starts a script that goes on by itself, whatever becomes of this Pod, of the kubelet and of the container runtime:
   * as a unit of systemd, a moment after this call. `undo` runs when the script has ended, however it ended.
   */
  async launch(script: string, { undo, words = [] }: { undo?: string; words?: string[] } = {}): Promise<void> {
    const after = undo === undefined ? [] : [`--property=ExecStopPost=/bin/sh -c "${undo}"`];
    const timer = ['--on-active=500ms', '--timer-property=AccuracySec=10ms'];
    await this.must('exec systemd-run --collect "$@"', ...timer, ...after, '/bin/sh', '-c', script, 'sh', ...words);
  }

  /** Asks until `right` accepts the answer; the node may be away for a while. */
  async follow(what: string, script: string, right: (output: string) => boolean): Promise<string> {
    const deadline = performance.now() + waits.nodeBack;
    let seen = 'nothing';
    do {
      seen = await this.must(script).catch((error: Error) => error.message);
      if (right(seen)) return seen;
      await delay(cadence.round);
    } while (performance.now() < deadline);
    throw new BrokenError(`waited ${waits.nodeBack / 1000} s for ${what} on ${this.node}; last seen: ${seen}`);
  }
}

/** One namespace a scenario. */
async function shellNamespace(world: NetvetWorld): Promise<string> {
  const name = 'node shells';
  return world.namespaces.get(name) ?? world.makeNamespace(name);
}
