/** Programs that are built from their Go modules once, by scripts/tool.sh. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const script = `${import.meta.dirname}/../../scripts/tool.sh`;

/** Path of the program on this machine. Rejects with the script's own words where it cannot be had. */
export async function tool(name: string): Promise<string> {
  try {
    return (await promisify(execFile)('sh', [script, name])).stdout.trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(stderr?.trim() || (error as Error).message, { cause: error });
  }
}
