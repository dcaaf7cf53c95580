import { join } from 'node:path';
import { Command } from 'commander';
import { enter } from '../../clusters/embedded/enter.ts';
import { addClusterFlags, type CommonFlags, checkRun } from '../options.ts';
import { cacheDirectory, packageRoot } from '../paths.ts';

/** `netvet run`: a cluster, a CNI, the scenarios, the reports. */
export function runCommand(): Command {
  return addClusterFlags(new Command('run'))
    .description('runs the scenarios and writes the reports')
    .option('--tags <expression>', 'which scenarios, e.g. "@policies and not @load"', '')
    .option('--report <directory>', 'where the reports go (default: .netvet/runs/<id>)')
    .option('--parallel <1..32>', 'scenarios at once')
    .option('--keep', 'leave the cluster running until Ctrl-C, to look around in it')
    .option('--json', "print run.json's summary as the last line on stdout")
    .addHelpText(
      'after',
      `
Examples:
  netvet run                                  all scenarios, reference CNI
  netvet run --cni ptp --tags @services       Services of kube-proxy under the ptp plugin
  netvet run --nodes 1 --tags "not @load"     one node: what needs two is skipped, with that reason
  netvet run --report out --json | tail -1    for scripts`,
    )
    .action(async (flags: CommonFlags) => {
      const options = await checkRun(flags);
      process.exitCode = await enter([process.execPath, join(packageRoot, 'cli/inside.ts'), JSON.stringify(options)], {
        visible: [cacheDirectory(), options.report],
      });
    });
}
