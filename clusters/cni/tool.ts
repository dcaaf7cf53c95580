/** Programs that are built from their Go modules once, by scripts/tool.sh. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const script = `${import.meta.dirname}/../../scripts/tool.sh`;

/** Path of the program. `progress` is told when it is built first, for minutes. Rejects with the last words. */
export async function tool(name: string, progress?: (line: string) => void): Promise<string> {
  // a k6 of the machine may be linked against libraries that an image has not
  const env = { ...process.env, NETVET_TOOLS_OWN: '1' };
  const running = promisify(execFile)('sh', [script, name], { env, maxBuffer: 1 << 24 });
  running.child.stderr?.on('data', (text: string) => {
    const [line] = /^building .*$/m.exec(text) ?? [];
    if (line !== undefined) progress?.(line.replace('building', 'Building'));
  });
  try {
    return (await running).stdout.trim();
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const last = stderr.trim().split('\n').slice(-3).join('\n');
    throw new Error(`${name} could not be built: ${last || (error as Error).message}`, { cause: error });
  }
}
