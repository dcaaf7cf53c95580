import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { findCni } from '../../clusters/cni/index.ts';
import { enterAndLeave } from '../../clusters/embedded/enter.ts';
import { deleteKept, intoKept, type Kept, listKept } from '../../clusters/embedded/keep.ts';
import type { ClusterTask } from '../cluster.ts';
import { addClusterFlags, type ClusterFlags, checkCluster } from '../cluster-options.ts';
import { cacheDirectory } from '../paths.ts';
import { insideArgv, perform } from '../perform.ts';
import { kindProvider, type ProviderName } from '../providers.ts';
import { findTool, needTools } from '../tools.ts';
import { exitCode, UsageError } from '../usage.ts';
import { imageCommand, imagesCommand } from './images.ts';

type Flags = ClusterFlags & { json?: boolean };

async function task(kind: ClusterTask['kind'], flags: Flags): Promise<ClusterTask> {
  const mistakes: string[] = [];
  const choice = await checkCluster(flags, mistakes);
  if (choice.provider === 'existing')
    mistakes.push(`--cluster takes embedded or kind here: "${flags.cluster}" exists already, and netvet run uses it`);
  const { name } = flags;
  if (flags.keep && choice.provider === 'embedded' && keptNamed(name) !== undefined)
    mistakes.push(`a cluster named "${name}" is running: netvet cluster delete ${name}, or choose another --name`);
  if (mistakes.length > 0) throw new UsageError(mistakes);
  if (choice.cni !== undefined) await needTools((await findCni(choice.cni)).programs);
  return { kind, ...choice, report: join(cacheDirectory(), 'logs', name) };
}

const keptNamed = (name: string) => listKept(cacheDirectory()).find((each) => each.name === name);

/** Starts a cluster that goes on without this process. Its log is shown meanwhile. */
async function keep(which: ClusterTask): Promise<void> {
  mkdirSync(which.report, { recursive: true });
  const log = join(which.report, 'cluster.log');
  await enterAndLeave(insideArgv({ ...which, kind: 'keep' }), { log: openSync(log, 'w'), visible: [cacheDirectory()] });
  await follow(log);
  if (keptNamed(which.name) === undefined) throw new Error(`the cluster did not come up (log: ${log})`);
  console.log(`cluster ${which.name} is running: netvet cluster shell ${which.name}`);
}

/** Shows the log as it grows, on stderr, until the line that says how it ended. */
async function follow(log: string): Promise<void> {
  const tail = execa('tail', ['-n', '+1', '-f', log], { reject: false, buffer: false });
  for await (const line of tail) {
    // its end ends the loop
    if (line === 'netvet: kept' || line === 'netvet: failed') tail.kill();
    else console.error(line);
  }
}

/** kubectl is a comfort of the shell, not a need: without it there is still $KUBECONFIG. */
async function shell(name: string | undefined, flags: Flags): Promise<number> {
  const kubectl = await findTool('kubectl');
  if ('missing' in kubectl) console.error(`no kubectl in this shell: ${kubectl.missing}`);
  const tools = 'path' in kubectl ? { kubectl: kubectl.path } : {};
  if (name === undefined) {
    const which = { ...(await task('shell', flags)), ...tools };
    return perform(which.provider, which, { as: 'terminal' });
  }
  const kept = keptNamed(name);
  const entering = { ...(await task('enter', { ...flags, name })), ...tools };
  if (kept === undefined) {
    if (!(await lasting()).some((each) => each.name === name))
      throw new UsageError([`no cluster named "${name}" is running (netvet cluster list shows those that are)`]);
    return perform('kind', { ...entering, provider: 'kind' });
  }
  const argv = intoKept(kept, insideArgv({ ...entering, kubeconfig: kept.kubeconfig }));
  const { exitCode: code } = await execa(argv[0] as string, argv.slice(1), { stdio: 'inherit', reject: false });
  return code ?? exitCode.broken;
}

type Row = Pick<Kept, 'name' | 'nodes' | 'cni' | 'createdAt'> & { provider: ProviderName };

/** Clusters that go on without a process of ours. An engine that does not answer has none. */
async function lasting(): Promise<Row[]> {
  const all = await (await kindProvider()).list().catch(() => []);
  return all.map((each) => ({ cni: '', ...each, provider: 'kind' }));
}

const rows = async (): Promise<Row[]> => [
  ...listKept(cacheDirectory()).map(
    ({ name, nodes, cni, createdAt }): Row => ({ name, provider: 'embedded', nodes, cni, createdAt }),
  ),
  ...(await lasting()),
];

const line = ({ name, provider, nodes, cni, createdAt }: Row) =>
  `${name.padEnd(20)} ${provider.padEnd(9)} ${String(nodes).padEnd(6)} ${cni.padEnd(10)} ${createdAt}`;

/** Deletes a cluster wherever it is. False when there is none of that name. */
async function deleteCluster(name: string): Promise<boolean> {
  if (deleteKept(cacheDirectory(), name)) return true;
  if (!(await lasting()).some((each) => each.name === name)) return false;
  await (await kindProvider()).delete(name);
  return true;
}

/** `netvet cluster create|delete|list|shell|images|image`. */
export function clusterCommand(): Command {
  const cluster = new Command('cluster').description('creates, lists, enters and deletes clusters');
  addClusterFlags(cluster.command('create'))
    .description('creates a cluster and keeps it until Ctrl-C, or with --keep until it is deleted')
    .option('--keep', 'leave it running in the background')
    .action(async (flags: Flags) => {
      const which = await task(flags.keep ? 'keep' : 'hold', flags);
      if (flags.keep && which.provider === 'embedded') await keep(which);
      else process.exitCode = await perform(which.provider, which);
    });
  addClusterFlags(cluster.command('shell'))
    .description('opens a shell inside a kept cluster, or inside a new one that ends with the shell')
    .argument('[name]', 'a running cluster (default: a new one)')
    .action(async (name: string | undefined, flags: Flags) => {
      process.exitCode = await shell(name, flags);
    });
  cluster
    .command('list')
    .description('lists the clusters that were kept')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const all = await rows();
      if (flags.json) console.log(JSON.stringify(all));
      else if (all.length === 0) console.log('no cluster is running');
      else console.log(['NAME                 PROVIDER  NODES  CNI        CREATED', ...all.map(line)].join('\n'));
    });
  cluster
    .command('delete')
    .description('deletes a kept cluster; succeeds if it is gone already')
    .argument('<name>')
    .action(async (name: string) => {
      console.log((await deleteCluster(name)) ? `deleted ${name}` : `no cluster named "${name}" is running`);
    });
  cluster.addCommand(imagesCommand()).addCommand(imageCommand());
  return cluster.addHelpText(
    'after',
    `
Examples:
  netvet cluster shell                          look around in a fresh cluster
  netvet cluster create --keep --name dev       leave one running
  netvet cluster create --cluster kind --keep   the same of kind nodes
  netvet cluster shell dev                      and enter it
  netvet cluster delete dev`,
  );
}
