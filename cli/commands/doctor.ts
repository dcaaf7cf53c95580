import { Command } from 'commander';
import { type Finding, findings } from '../doctor.ts';
import { exitCode } from '../usage.ts';

const mark = { good: '✓', missing: '✗', limited: '!' } as const;

function line({ level, name, found, remedy }: Finding): string {
  return `${mark[level]} ${name}: ${found}${remedy ? `\n    ${remedy}` : ''}`;
}

/** `netvet doctor`: everything a run needs of the machine, what was found, and what to type where it falls short. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('says whether this machine can run netvet, and what to type where it cannot')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  netvet doctor\n  netvet doctor --json | jq \'.[] | select(.level != "good")\'',
    )
    .action(async (flags: { json?: boolean }) => {
      const all = await findings();
      console.log(flags.json ? JSON.stringify(all, undefined, 2) : all.map(line).join('\n'));
      if (all.some(({ level }) => level === 'missing')) process.exitCode = exitCode.broken;
    });
}
