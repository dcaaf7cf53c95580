/** `npm run bench -- services`: see options.ts for what it measures. */
import { join } from 'node:path';
import { cacheDirectory } from '../../cli/paths.ts';
import { findTool } from '../../cli/tools.ts';
import { exitCode, UsageError } from '../../cli/usage.ts';
import { enter } from '../../clusters/embedded/enter.ts';
import { help, type Options, readOptions } from './options.ts';

/** Resolves with the exit code. */
export async function benchServices(argv: string[]): Promise<number> {
  let given: ReturnType<typeof readOptions>;
  try {
    given = readOptions(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.mistakes.join('\n')}\n(npm run bench -- services --help)`);
    return exitCode.usage;
  }
  if (given === undefined) {
    console.log(help);
    return exitCode.passed;
  }
  if (process.geteuid?.() !== 0) {
    console.error(
      'the benchmark of Services needs root: from nobody else does the kernel take as much at once as nft and ' +
        'iptables have to send',
    );
    return exitCode.broken;
  }
  const kubeProxy = await findTool('kube-proxy');
  if ('missing' in kubeProxy) {
    console.error(`kube-proxy cannot be compared with: ${kubeProxy.missing}`);
    return exitCode.broken;
  }
  const options: Options = { ...given, kubeProxy: kubeProxy.path };
  return enter([process.execPath, join(import.meta.dirname, 'inside.ts'), JSON.stringify(options)], {
    visible: [cacheDirectory()],
    realRoot: true,
  });
}
