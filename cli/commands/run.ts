import { Command } from 'commander';
import { addRunFlags } from '../cluster-options.ts';
import { type CommonFlags, checkRun } from '../options.ts';
import { perform } from '../perform.ts';
import { profileNames } from '../profiles.ts';

/** `netvet run`: a cluster, a CNI, the scenarios, the reports. */
export function runCommand(): Command {
  return addRunFlags(new Command('run'))
    .description('runs the scenarios and writes the reports')
    .option('--tags <expression>', 'which scenarios, e.g. "@policies and not @load"', '')
    .option('--fuzz <cases>', 'number of generated policies to test in place of scenarios; with --tags besides them')
    .option('--seed <seed>', 'repeat generated cases: 7, or 7:12 to begin with case 12 (default: a random seed)')
    .option('--parallel <1..32>', 'maximum number of scenarios at once; fewer while the machine is busy')
    .option('--repeat <1..100>', 'how often to run each scenario; flaky: it passed and failed, which is no pass', '1')
    .option('--profile <name or file>', `time limits: ${profileNames().join(', ')}, or a file like theirs`, 'default')
    .option('--adversary <seed>', 'embedded: delay, reorder and expire watches of the API at random')
    .option('--disruptive', 'on a context: also run what disturbs others, such as killing the agent of the CNI')
    .option('--json', "print run.json's summary as the last line on stdout")
    .addHelpText(
      'after',
      `
Examples:
  netvet run                                  all scenarios, reference CNI, embedded cluster
  netvet run --cni ptp --tags @services       Services of kube-proxy under the ptp plugin
  netvet run --cluster kind --reuse           on kind nodes, which stay for the next run
  netvet run --cluster staging                on the cluster of that context, with the CNI that it has
  netvet run --nodes 1 --tags "not @load"     one node: what needs two is skipped, with the reason
  netvet run --repeat 5 --tags @policies      each five times: distributions, and flaky scenarios
  netvet run --profile strict --tags @policies   fails when policies take effect too slowly
  netvet run --profile slow                   on clusters whose answers are late by design
  netvet run --adversary 7 --tags @policies   can the CNI cope with late and reordered watch events?
  netvet run --fuzz 200                       200 cases of generated labels and policies, judged by the API documents
  netvet run --fuzz 1 --seed 7:12             case 12 of seed 7 again
  netvet run --report out --json | tail -1    for scripts

On a context netvet installs nothing. It makes namespaces labelled netvet.dev/run, and deletes them in the end, on
Ctrl-C too; what a crash left, netvet cleanup deletes.`,
    )
    .action(async (flags: CommonFlags) => {
      const options = await checkRun(flags);
      process.exitCode = await perform(options.provider, options, { visible: [options.report] });
    });
}
