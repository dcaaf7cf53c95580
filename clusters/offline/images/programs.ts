/** Programs that go into images: built from their Go modules once, by scripts/tool.sh. */
import { join } from 'node:path';
import { execa } from 'execa';

const script = join(import.meta.dirname, '../../../scripts/tool.sh');

/** Path of the program on this machine; says when it has to be built first, which takes minutes. */
export async function program(name: string, progress: (line: string) => void): Promise<string> {
  // a k6 of the machine may be linked against libraries that an image has not
  const env = { NETVET_TOOLS_OWN: '1' };
  const tool = execa('sh', [script, name], { env, reject: false });
  const said: string[] = [];
  for await (const line of tool.iterable({ from: 'stderr' })) {
    if (line.startsWith('building ')) progress(line.replace('building', 'Building'));
    said.push(line);
  }
  const { failed, stdout } = await tool;
  if (failed) throw new Error(`${name} could not be built: ${said.slice(-3).join('\n')}`);
  return stdout.trim();
}
