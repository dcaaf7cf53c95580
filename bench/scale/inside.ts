/** The part of `npm run bench -- scale` that runs inside the namespaces. Its one argument is Options as JSON. */
import { cpus, loadavg, release } from 'node:os';
import { createProgress } from '../../cli/progress.ts';
import { exitCode } from '../../cli/usage.ts';
import { succeed } from '../../clusters/embedded/command.ts';
import { createUnderlay } from '../../clusters/embedded/node/index.ts';
import { type Cell, measure } from './measure.ts';
import type { Options } from './options.ts';
import { report } from './report.ts';

const { pods, services, policies, flows, streaming } = JSON.parse(process.argv[2] as string) as Options;
const progress = createProgress({ stream: process.stderr });
const [processor] = cpus();
const machine = `${cpus().length} x ${processor?.model}, Linux ${release()}, Node ${process.version}`;
const load = `load average ${loadavg()[0]?.toFixed(1)} at the start`;
const cells: Cell[] = [];
const print = () => {
  progress.end();
  if (cells.length === 0) return;
  const cluster = `${services} Services, ${policies} policies, ${streaming ? 'streamed lists' : 'lists in pages'}`;
  console.log(`${machine}, ${load}\n${cluster}\n\n${report(cells)}`);
};
// the namespaces end with this process, and everything in them
process.once('SIGINT', () => {
  print();
  process.exit(exitCode.interrupted);
});

try {
  await succeed(['ip', 'link', 'set', 'lo', 'up']);
  await createUnderlay();
  for (const size of pods) {
    progress.stage(`${size} Pods`);
    cells.push(await measure({ pods: size, services, policies }, flows, streaming, '/tmp/bench'));
  }
} catch (error) {
  console.error(`the benchmark broke: ${(error as Error).message}`);
  process.exitCode = exitCode.broken;
}
print();
