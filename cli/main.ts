import { Command, CommanderError } from 'commander';
import { cleanupCommand } from './commands/cleanup.ts';
import { clusterCommand } from './commands/cluster.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { engineCommand } from './commands/engine.ts';
import { loadCommand } from './commands/load.ts';
import { manifestCommand } from './commands/manifest.ts';
import { mutateCommand } from './commands/mutate.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { description, version } from './paths.ts';
import { exitCode, UsageError } from './usage.ts';

const program = new Command('netvet')
  .description(description)
  .version(version)
  .showHelpAfterError('(netvet --help shows what there is)')
  .exitOverride()
  .addCommand(runCommand())
  .addCommand(compareCommand())
  .addCommand(mutateCommand())
  .addCommand(loadCommand())
  .addCommand(clusterCommand())
  .addCommand(cleanupCommand())
  .addCommand(engineCommand())
  .addCommand(reportCommand())
  .addCommand(doctorCommand())
  .addCommand(manifestCommand())
  .addHelpText(
    'after',
    `
Examples:
  netvet run                              all scenarios, reference CNI, embedded cluster: no root, no Docker
  netvet run --cni ptp --tags @policies   policy scenarios against a CNI without policies: they fail, as they should
  netvet run --cluster staging            on your own cluster: the context of a kubeconfig
  netvet load                             what the Service path costs, with its confidence interval
  netvet cluster shell                    a shell inside a fresh cluster, with kubectl
  netvet report --latest                  where the newest report is

Exit codes: 0 all passed, 1 a scenario failed, 2 wrong usage, 3 something was broken, 130 interrupted.`,
  );

// options of commander's own kind apply to every subcommand
for (const command of program.commands)
  command.exitOverride().showHelpAfterError(`(netvet ${command.name()} --help shows what there is)`);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCode.passed : exitCode.usage;
  } else if (error instanceof UsageError) {
    for (const mistake of error.mistakes) console.error(`netvet: ${mistake}`);
    process.exitCode = exitCode.usage;
  } else {
    console.error(`netvet: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env['NETVET_DEBUG']) console.error(error);
    process.exitCode = exitCode.broken;
  }
}
