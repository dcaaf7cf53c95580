import { podsReady } from '../actor.ts';
import { type Executed, skipForbidden } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { waits } from '../waits.ts';
import { nodeShellPod } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { recordOf, runOnNode, takeBack, writeRecord } from './records.ts';

/** Commands on a node through a privileged Pod on its own network, which comes up whatever the CNI does. */
export class NodeShell {
  readonly node: string;
  readonly #world: World;
  readonly #pod: { namespace: string; pod: string };

  private constructor(world: World, node: string, pod: { namespace: string; pod: string }) {
    this.#world = world;
    this.node = node;
    this.#pod = pod;
  }

  /** Skips the scenario where such a Pod is not allowed, or where the node is not run by systemd though it needs it. */
  static async open(world: World, node: string, needs: 'systemd' | 'nothing' = 'systemd'): Promise<NodeShell> {
    const real = await shellNamespace(world);
    const name = `shell-${world.freshKey()}`;
    const creating = world.create(nodeShellPod(real, name, world.parameters.images.node, node));
    await creating.catch(skipForbidden('privileged Pods are not allowed here'));
    await podsReady(world.kube, real, [name]);
    const shell = new NodeShell(world, node, { namespace: real, pod: name });
    if (needs === 'nothing') return shell;
    const { code, output } = await shell.run('read -r first </proc/1/comm; echo "$first"; command -v systemd-run');
    if (code !== 0 || !output.startsWith('systemd\n'))
      throw new SkipError(`${node} is not run by systemd, through which this scenario acts on nodes`);
    return shell;
  }

  /** Runs a script of sh with words as $1, $2 ... Rejects with BrokenError when the node cannot be asked now. */
  run(script: string, ...words: string[]): Promise<Executed> {
    return runOnNode(this.#world.kube, { node: this.node, ...this.#pod }, script, words);
  }

  /** The same; a script that fails breaks the scenario. Returns its output, trimmed. */
  async must(script: string, ...words: string[]): Promise<string> {
    const { code, output } = await this.run(script, ...words);
    if (code !== 0) throw new BrokenError(`on ${this.node} \`${script}\` ended with ${code}: ${output.trim()}`);
    return output.trim();
  }

  /**
   * Writes down on the node how something is taken back, before it is done: after the scenario, or by `netvet cleanup`
   * if this run is killed. `undo` is a script of sh; its $1 is the directory with `files`, which is returned.
   */
  async willTakeBack(what: string, undo: string, files: Record<string, string> = {}): Promise<string> {
    const world = this.#world;
    const record = recordOf(world.parameters.runId, this.node, world.freshKey());
    world.defer(() => this.must(takeBack, record));
    await this.must(writeRecord, record, what, undo, ...Object.entries(files).flat());
    return record;
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
