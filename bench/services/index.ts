/** `npm run bench -- services`: see options.ts for what it measures. */
import { join } from 'node:path';
import { cacheDirectory } from '../../cli/paths.ts';
import { findTool } from '../../cli/tools.ts';
import { exitCode } from '../../cli/usage.ts';
import { enter } from '../../clusters/embedded/enter.ts';
import { help, type Options, readOptions } from './options.ts';

/** Resolves with the exit code. */
export async function benchServices(argv: string[]): Promise<number> {
  const given = readOptions(argv);
  if (given === undefined) {
    console.log(help);
    return exitCode.passed;
  }
  if (process.geteuid?.() !== 0) {
    const why = 'from nobody else does the kernel take as much at once as nft and iptables have to send';
    throw new Error(`the benchmark of Services needs root: ${why}`);
  }
  const kubeProxy = await findTool('kube-proxy');
  if ('missing' in kubeProxy) throw new Error(`kube-proxy cannot be compared with: ${kubeProxy.missing}`);
  const options: Options = { ...given, kubeProxy: kubeProxy.path };
  return enter([process.execPath, join(import.meta.dirname, 'inside.ts'), JSON.stringify(options)], {
    visible: [cacheDirectory()],
    realRoot: true,
  });
}
