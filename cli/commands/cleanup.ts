import { Command } from 'commander';
import {
  configOf,
  deleteRun,
  findContext,
  kubeconfigFiles,
  type LeftRun,
  leftRuns,
  namespacesGoneMs,
} from '../../clusters/existing/index.ts';
import { verdictOn } from '../leftovers.ts';
import { takeBackOn } from '../taking-back.ts';
import { exitCode, UsageError } from '../usage.ts';

interface Flags {
  cluster?: string;
  run?: string;
  all?: boolean;
  dryRun?: boolean;
}

/** Takes away what runs that crashed have left on a cluster. Returns whether all of it has gone. */
async function cleanContext(context: string, flags: Flags): Promise<boolean> {
  const where = findContext(context, kubeconfigFiles());
  if ('mistake' in where) throw new UsageError([`--cluster takes kind or a context, and ${where.mistake}`]);
  const config = configOf(where);
  const runs = await leftRuns(config);
  if (runs.length === 0) console.log(`nothing of netvet is on ${context}`);
  const judged = runs.map((run) => ({ run, ...verdictOn(run, new Date(), flags) }));
  for (const { run, goes, why } of judged) console.log(`${goes ? 'goes ' : 'stays'} ${describe(run)}: ${why}`);
  if (flags.run !== undefined && !runs.some(({ id }) => id === flags.run))
    throw new UsageError([`no run on ${context} is called "${flags.run}"`]);
  if (flags.dryRun) return true;
  const left: string[] = [];
  const going = judged.filter(({ goes }) => goes);
  let isTakenBack = true;
  for (const { run } of going) {
    // its Pods are the way to the nodes: they stay as long as something has to be taken back there
    if (await takeBackOn(where, run.id)) left.push(...(await deleteRun(config, run.id, namespacesGoneMs)));
    else isTakenBack = false;
  }
  if (left.length > 0) console.error(`netvet: still there after ${namespacesGoneMs / 1000} s: ${left.join(', ')}`);
  else if (isTakenBack && going.length > 0) console.log('gone');
  return left.length === 0 && isTakenBack;
}

async function cleanKind({ all = false, dryRun = false }: Flags): Promise<void> {
  const { cleanup, leftovers } = await import('../../clusters/kind/index.ts');
  const found = (await leftovers({ all })).flatMap(({ parts }) => parts.map((part) => `goes  ${part}`));
  console.log(found.length > 0 ? found.join('\n') : 'nothing of netvet is left on this engine');
  if (dryRun) return;
  const gone = await cleanup({ all });
  if (gone.length > 0) console.log('gone');
}

const describe = ({ id, namespaces, runner }: LeftRun): string =>
  `run ${id}${runner ? ` of ${runner.who}` : ''} (${namespaces.join(', ')})`;

/** `netvet cleanup`: deletes what crashed runs have left, found by its label and by nothing else. */
export function cleanupCommand(): Command {
  return new Command('cleanup')
    .description('deletes what crashed runs have left, found by its label')
    .option('--cluster <where>', 'kind, or a context of your kubeconfig', 'kind')
    .option('--run <id>', 'only this run, even if it may still be running')
    .option(
      '--all',
      'kind: every cluster of netvet; context: also recent runs of other machines, which may still be running',
    )
    .option('--dry-run', 'only show what would be deleted')
    .addHelpText(
      'after',
      `
Examples:
  netvet cleanup                               nodes of kind clusters that nobody owns any more
  netvet cleanup --cluster staging --dry-run   what is left on the cluster of that context
  netvet cleanup --cluster staging             and away with it

What a scenario that was killed did to a node (rules, routes, settings) is written down there, and taken back through
the Pod by which it reached the node. What cannot be is told, and the run's namespaces stay for another attempt. Where
that Pod is gone, type on the node, newest first:
  for d in $(ls -dt /run/netvet-undo/RUN/NODE/*); do sh $d/undo $d && rm -r $d; done

An embedded cluster leaves nothing, however it ends.`,
    )
    .action(async (flags: Flags & { cluster: string }) => {
      if (flags.cluster === 'embedded') throw new UsageError(['an embedded cluster leaves nothing to clean up']);
      if (flags.cluster === 'kind') await cleanKind(flags);
      else if (!(await cleanContext(flags.cluster, flags))) process.exitCode = exitCode.broken;
    });
}
