/** `npm run bench -- starved`: see options.ts for what it measures. */
import { join } from 'node:path';
import { exitCode } from '../../cli/usage.ts';
import type { KubeObject } from '../../clusters/cni/kube.ts';
import { referenceManifest } from '../../clusters/cni/reference-manifest.ts';
import { enter } from '../../clusters/embedded/enter.ts';
import { makeGroups } from './groups.ts';
import { help, type Options, readOptions } from './options.ts';

/** A busy Pod's CPU request, in thousandths of a processor: sixteen of them fill two processors. */
const busyRequest = 100;

/** Resolves with the exit code. */
export async function benchStarved(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    console.log(help);
    return exitCode.passed;
  }
  const { command, request } = daemon();
  const agent = options.request ?? request;
  using groups = makeGroups({ agent, busy: busyRequest }, Math.max(...options.busy));
  const { watch, agent: agentGroup, busy } = groups;
  const task: Task = { options, request: agent, command, groups: { watch, agent: agentGroup, busy } };
  return await enter([process.execPath, join(import.meta.dirname, 'inside.ts'), JSON.stringify(task)], {
    realRoot: true,
  });
}

/** What inside.ts gets. */
export interface Task {
  options: Options;
  request: number;
  command: string[];
  groups: { watch: string; agent: string; busy: string[] };
}

/** The agent's command and CPU request, as its DaemonSet has them. */
function daemon() {
  const objects = referenceManifest({ bundle: {}, version: 'bench' });
  const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet') as KubeObject;
  const [{ command, resources }] = daemonSet['spec'].template.spec.containers as [
    { command: string[]; resources: { requests: { cpu: string } } },
  ];
  return { command, request: Number.parseInt(resources.requests.cpu, 10) };
}
