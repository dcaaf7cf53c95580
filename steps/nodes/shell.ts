import { podsReady } from '../actor.ts';
import { type Container, type Executed, execIn, skipForbidden } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { waits } from '../waits.ts';
import { nodeShellPod } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** Into all namespaces of the node's first process: from there on it is as if one had logged in. */
const entrance = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];

/** Commands on a node through a privileged Pod on its own network, which comes up whatever the CNI does. */
export class NodeShell {
  readonly node: string;
  readonly #world: World;
  readonly #container: Container;

  private constructor(world: World, node: string, container: Container) {
    this.#world = world;
    this.node = node;
    this.#container = container;
  }

  /** Skips the scenario where such a Pod is not allowed, or where the node is not run by systemd. */
  static async open(world: World, node: string): Promise<NodeShell> {
    const real = await shellNamespace(world);
    const name = `shell-${world.freshKey()}`;
    const creating = world.create(nodeShellPod(real, name, world.parameters.images.node, node));
    await creating.catch(skipForbidden('privileged Pods are not allowed here'));
    await podsReady(world.kube, real, [name]);
    const shell = new NodeShell(world, node, { namespace: real, pod: name, container: 'shell' });
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

  /** Starts a script as a unit of systemd: it goes on whatever becomes of this Pod. `undo` runs when it has ended. */
  async launch(script: string, { undo, words = [] }: { undo?: string; words?: string[] } = {}): Promise<void> {
    const after = undo === undefined ? [] : [`--property=ExecStopPost=/bin/sh -c "${undo}"`];
    const timer = ['--on-active=500ms', '--timer-property=AccuracySec=10ms'];
    await this.must('exec systemd-run --collect "$@"', ...timer, ...after, '/bin/sh', '-c', script, 'sh', ...words);
  }

  /** Asks until `right` accepts the answer; the node may be away for a while. */
  async follow(what: string, script: string, right: (output: string) => boolean): Promise<void> {
    let seen = 'nothing';
    const look = async () => right((seen = await this.must(script).catch((error: Error) => error.message)));
    if (await poll(waits.nodeBack, look)) return;
    throw new BrokenError(`waited ${waits.nodeBack / 1000} s for ${what} on ${this.node}; last seen: ${seen}`);
  }
}

/** One namespace a scenario. */
async function shellNamespace(world: World): Promise<string> {
  const name = 'node shells';
  return world.namespaces.get(name) ?? world.makeNamespace(name);
}
