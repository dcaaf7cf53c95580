import { cpus, loadavg, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import { run } from '../../clusters/embedded/command.ts';

/** What figures depend on, in one line: machine, kernel, versions of the programs, and how busy it was. */
export async function machineLine(kubeProxy: string): Promise<string> {
  const version = async (argv: string[]) => (await run(argv)).stdout.trim();
  const processors = cpus();
  return [
    `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}`,
    `${(totalmem() / 1e9).toFixed(0)} GB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    basename(kubeProxy),
    await version(['nft', '--version']),
    await version(['iptables', '--version']),
    `load average ${loadavg()[0]?.toFixed(1)} at the start`,
  ].join(', ');
}
