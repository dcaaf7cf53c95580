/** `npm run bench -- services`: see options.ts for what it measures. */
import { join } from 'node:path';
import { cacheDirectory } from '../../cli/paths.ts';
import { findTool } from '../../cli/tools.ts';
import { exitCode } from '../../cli/usage.ts';
import { enter } from '../../clusters/embedded/enter.ts';
import { help, readOptions } from './options.ts';

/** Resolves with the exit code. */
export async function benchServices(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === undefined) {
    console.log(help);
    return exitCode.passed;
  }
  if (process.geteuid?.() !== 0) {
    const why = 'from nobody else does the kernel take as much at once as nft and iptables have to send';
    throw new Error(`the benchmark of Services needs root: ${why}`);
  }
  const kubeProxies: Record<string, string> = {};
  for (const version of options.kubeProxy) {
    const found = await findTool('kube-proxy', version);
    if ('missing' in found) throw new Error(`kube-proxy ${version} cannot be compared with: ${found.missing}`);
    kubeProxies[version] = found.path;
  }
  const argument = JSON.stringify({ ...options, kubeProxies });
  return enter([process.execPath, join(import.meta.dirname, 'inside.ts'), argument], {
    visible: [cacheDirectory()],
    realRoot: true,
  });
}
