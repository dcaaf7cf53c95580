/** Programs that are built from their Go modules once, by scripts/tool.sh. */
import { execa } from 'execa';

const script = `${import.meta.dirname}/../../scripts/tool.sh`;

/**
 * Path of the program on this machine. `progress` is told when it has to be built first, which takes minutes. Rejects
 * with the script's last words where it cannot be had.
 */
export async function tool(name: string, progress?: (line: string) => void): Promise<string> {
  // a k6 of the machine may be linked against libraries that an image has not
  const run = execa('sh', [script, name], { env: { NETVET_TOOLS_OWN: '1' }, reject: false });
  for await (const line of run.iterable({ from: 'stderr' }))
    if (line.startsWith('building ')) progress?.(line.replace('building', 'Building'));
  const { failed, stdout, stderr } = await run;
  if (failed) throw new Error(`${name} could not be built: ${stderr.trim().split('\n').slice(-3).join('\n')}`);
  return stdout.trim();
}
