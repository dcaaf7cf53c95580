/**
 * `npm run bench`: how long a cluster and a Pod take to be Ready, and CNI ADD and DEL of the reference plugin and of
 * ptp + host-local, in turns. `npm run bench -- NAME`: another benchmark. Prints a table; nothing here is a test.
 */
import { join } from 'node:path';
import { cacheDirectory, packageRoot } from '../cli/paths.ts';
import { findTool } from '../cli/tools.ts';
import { exitCode, UsageError } from '../cli/usage.ts';
import { enter } from '../clusters/embedded/enter.ts';
import { benchContention } from './contention/index.ts';
import { benchRun } from './run/index.ts';
import { benchScale } from './scale/index.ts';
import { benchServices } from './services/index.ts';

const benchmarks: Record<string, (argv: string[]) => Promise<number>> = {
  pods: benchPods,
  services: benchServices,
  /** One agent in a large cluster. */
  scale: benchScale,
  run: stoppable(benchRun),
  /** Whether verdicts stay what they are on a machine that is busy or slow. */
  contention: stoppable(benchContention),
};

const [what = 'pods', ...rest] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, what) ? benchmarks[what] : undefined;
try {
  if (benchmark === undefined)
    throw new UsageError([`there is no benchmark "${what}", only ${Object.keys(benchmarks).join(', ')}`]);
  process.exitCode = await benchmark(rest);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  const isUsage = error instanceof UsageError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  if (isUsage) console.error(`(npm run bench -- ${what} --help)`);
  process.exitCode = isUsage ? exitCode.usage : exitCode.broken;
}

async function benchPods(): Promise<number> {
  const peers: Record<string, string> = {};
  for (const name of ['ptp', 'host-local']) {
    const tool = await findTool(name);
    if ('missing' in tool) console.error(`${name} is left out: ${tool.missing}`);
    else peers[name] = tool.path;
  }
  return enter([process.execPath, join(packageRoot, 'bench/inside.ts'), JSON.stringify(peers)], {
    visible: [cacheDirectory()],
  });
}

/** Ends in order at the first Ctrl-C: what it has made is gone then. */
function stoppable(benchmark: (argv: string[], signal: AbortSignal) => Promise<number>) {
  return (argv: string[]): Promise<number> => {
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
    return benchmark(argv, stop.signal).catch((error: unknown) => {
      if (stop.signal.aborted) return exitCode.interrupted;
      throw error;
    });
  };
}
