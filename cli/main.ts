import { Command, CommanderError } from 'commander';
import { description, version } from './paths.ts';
import { exitCode, UsageError } from './usage.ts';

// a command's module, and all that comes with it, is loaded when it is asked for
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  compare: async () => (await import('./commands/compare.ts')).compareCommand(),
  mutate: async () => (await import('./commands/mutate.ts')).mutateCommand(),
  load: async () => (await import('./commands/load.ts')).loadCommand(),
  cluster: async () => (await import('./commands/cluster.ts')).clusterCommand(),
  cleanup: async () => (await import('./commands/cleanup.ts')).cleanupCommand(),
  engine: async () => (await import('./commands/engine.ts')).engineCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  manifest: async () => (await import('./commands/manifest.ts')).manifestCommand(),
};
const asked = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '';
const needed = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);

const program = new Command('netvet')
  .description(description)
  .version(version)
  .showHelpAfterError('(see netvet --help)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  netvet run                              all scenarios, reference CNI, embedded cluster: no root, no Docker
  netvet run --cni ptp --tags @policies   policy scenarios against a CNI without policies: they fail, as they should
  netvet run --cluster staging            on your own cluster: the context of a kubeconfig
  netvet load                             what the Service path costs, with its confidence interval
  netvet cluster shell                    a shell inside a fresh cluster, with kubectl
  netvet report                           where the newest report is

Exit codes: 0 all passed, 1 a scenario failed, 2 wrong usage, 3 something was broken, 130 interrupted.`,
  );

for (const name of needed) program.addCommand(await (commands[name] as () => Promise<Command>)());
// options of commander's own kind apply to every subcommand
for (const command of program.commands)
  command.exitOverride().showHelpAfterError(`(see netvet ${command.name()} --help)`);

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
