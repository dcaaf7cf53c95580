import { Command } from 'commander';
import { scripts } from '../../load/index.ts';
import { addRunFlags } from '../cluster-options.ts';
import { checkLoad, type LoadFlags } from '../load/options.ts';
import { perform } from '../perform.ts';

/** `netvet load`: a cluster, backends behind a Service, and the same load on several paths to them. */
export function loadCommand(): Command {
  return addRunFlags(new Command('load'))
    .description('loads the Service path, the same Pods directly, and the Service from a node: what is the difference?')
    .option('--script <name>', 'which load (--list shows all)', scripts[0]?.name)
    .option('--list', 'only list the scripts')
    .option('--rate <requests>', "requests a second (default: the script's own)")
    .option('--duration <seconds>', "of one round on one path (default: the script's own)")
    .option('--tolerance <1..100>', 'stop when the difference is known to ± this many percent', '5')
    .option('--max-time <seconds>', 'start no round after this time (default: 120, or 30 rounds if that is more)')
    .option('--distributed <1..100>', 'number of Pods that send load, over all nodes (default: one)')
    .option('--install-operator', 'on a context, with --distributed: install the k6-operator and leave it there')
    .option('--thresholds <file>', 'limits to judge by (default: one of load/profiles)')
    .option('--json', 'print the load section of run.json as the last line on stdout')
    .addHelpText(
      'after',
      `
Examples:
  netvet load                                     what the Service path costs, on an embedded cluster
  netvet load --script keep-alive --rate 500      the same over connections that stay open
  netvet load --script ramp --rate 4000           where the knee is
  netvet load --cni ptp --tolerance 3             kube-proxy instead, and more exactly
  netvet load --cluster staging --max-time 600    on the cluster of that context
  netvet load --distributed 4 --rate 20000        from four Pods that begin together, where one is too small
  netvet load --report out --json | tail -1       for scripts

The paths are loaded in turn, round by round, until the 95 % confidence interval of the difference is narrow enough, or
time is up. The backends count too: if they and k6 disagree about one request, the result is broken. With --distributed
there is no path from a node, and percentiles are those of all Pods' requests together.

Exit codes: 0 judged and good, 1 a threshold was missed, 2 wrong usage, 3 something was broken, 130 interrupted.`,
    )
    .action(async (flags: LoadFlags & { list?: boolean }) => {
      if (flags.list) {
        for (const { name, about, rate } of scripts) console.log(`${name.padEnd(20)} ${about} (${rate} a second)`);
        return;
      }
      const options = await checkLoad(flags);
      process.exitCode = await perform(options.provider, options, { visible: [options.report] });
    });
}
