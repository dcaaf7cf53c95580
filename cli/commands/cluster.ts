import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { findCni } from '../../clusters/cni/index.ts';
import { enter, enterAndLeave } from '../../clusters/embedded/enter.ts';
import { deleteKept, intoKept, type Kept, listKept } from '../../clusters/embedded/keep.ts';
import type { ClusterTask } from '../cluster.ts';
import { addClusterFlags, type CommonFlags, checkCluster } from '../options.ts';
import { cacheDirectory, packageRoot } from '../paths.ts';
import { findTool, needTools } from '../tools.ts';
import { exitCode, UsageError } from '../usage.ts';

type Flags = Pick<CommonFlags, 'cluster' | 'cni' | 'nodes' | 'keep' | 'json'> & { name: string };

/** Checks the flags, all at once. A cluster's name becomes a file name, so it is held to what Kubernetes allows in names. */
async function task(kind: ClusterTask['kind'], flags: Flags): Promise<ClusterTask> {
  const mistakes: string[] = [];
  const { cni, nodes } = checkCluster(flags, mistakes);
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(flags.name)) {
    mistakes.push(`--name takes up to 32 lower-case letters, digits and dashes, and "${flags.name}" is not that`);
  }
  if (flags.keep && listKept(cacheDirectory()).some(({ name }) => name === flags.name)) {
    mistakes.push(
      `a cluster named "${flags.name}" is running: delete it (netvet cluster delete ${flags.name}) or choose another --name`,
    );
  }
  if (mistakes.length > 0) throw new UsageError(mistakes);
  await needTools((await findCni(cni)).programs);
  return { kind, name: flags.name, cni, nodes, report: join(cacheDirectory(), 'logs', flags.name) };
}

const inside = (which: ClusterTask) => [process.execPath, join(packageRoot, 'cli/inside.ts'), JSON.stringify(which)];

/** Starts a cluster that goes on without this process. Its output goes to a log, which is shown when it did not come up. */
async function keep(which: ClusterTask): Promise<void> {
  mkdirSync(which.report, { recursive: true });
  const log = join(which.report, 'cluster.log');
  await enterAndLeave(inside({ ...which, kind: 'keep' }), { log: openSync(log, 'w'), visible: [cacheDirectory()] });
  await follow(log);
  if (!listKept(cacheDirectory()).some(({ name }) => name === which.name)) {
    throw new Error(`the cluster did not come up (log: ${log})`);
  }
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
  const path = 'path' in kubectl ? kubectl.path : undefined;
  if (name === undefined) {
    const argv = inside({ ...(await task('shell', flags)), kubectl: path });
    return enter(argv, { visible: [cacheDirectory()], as: 'terminal' });
  }
  const kept = listKept(cacheDirectory()).find((each) => each.name === name);
  if (kept === undefined)
    throw new UsageError([`no cluster named "${name}" is running (netvet cluster list shows those that are)`]);
  const argv = intoKept(
    kept,
    inside({ ...(await task('enter', { ...flags, name })), kubectl: path, kubeconfig: kept.kubeconfig }),
  );
  const { exitCode: code } = await execa(argv[0] as string, argv.slice(1), { stdio: 'inherit', reject: false });
  return code ?? exitCode.broken;
}

const row = (kept: Kept) =>
  `${kept.name.padEnd(20)} ${String(kept.nodes).padEnd(6)} ${kept.cni.padEnd(10)} ${kept.createdAt}`;

/** `netvet cluster create|delete|list|shell`. */
export function clusterCommand(): Command {
  const cluster = new Command('cluster').description('makes, lists, enters and deletes clusters');
  addClusterFlags(cluster.command('create'))
    .description('makes a cluster and keeps it until Ctrl-C, or with --keep until it is deleted')
    .option('--name <name>', 'what to call it', 'netvet')
    .option('--keep', 'leave it running in the background')
    .action(async (flags: Flags) => {
      const which = await task('hold', flags);
      if (flags.keep) await keep(which);
      else process.exitCode = await enter(inside(which), { visible: [cacheDirectory()] });
    });
  addClusterFlags(cluster.command('shell'))
    .description('opens a shell inside a kept cluster, or inside a fresh one that ends with the shell')
    .argument('[name]', 'a cluster that is running (default: a fresh one)')
    .option('--name <name>', 'what to call a fresh one', 'netvet')
    .action(async (name: string | undefined, flags: Flags) => {
      process.exitCode = await shell(name, flags);
    });
  cluster
    .command('list')
    .description('lists the clusters that were kept')
    .option('--json', 'as JSON')
    .action((flags: { json?: boolean }) => {
      const all = listKept(cacheDirectory());
      if (flags.json) console.log(JSON.stringify(all));
      else if (all.length === 0) console.log('no cluster is running');
      else console.log(['NAME                 NODES  CNI        CREATED', ...all.map(row)].join('\n'));
    });
  cluster
    .command('delete')
    .description('deletes a cluster that was kept; it is no mistake if it is gone already')
    .argument('<name>')
    .action((name: string) => {
      console.log(deleteKept(cacheDirectory(), name) ? `deleted ${name}` : `no cluster named "${name}" is running`);
    });
  return cluster.addHelpText(
    'after',
    `
Examples:
  netvet cluster shell                          look around in a fresh cluster
  netvet cluster create --keep --name dev       leave one running
  netvet cluster shell dev                      and enter it
  netvet cluster delete dev`,
  );
}
