/** The part of `npm run bench -- starved` that runs inside the namespaces. Its one argument is a Task as JSON. */
import { loadavg } from 'node:os';
import { exitCode } from '../../cli/usage.ts';
import { putInto } from './groups.ts';
import type { Task } from './index.ts';
import { busyPods, life } from './life.ts';
import { type Row, report } from './report.ts';
import { measure } from './row.ts';
import { makeScene } from './scene.ts';

const { options, request, command, groups } = JSON.parse(process.argv[2] as string) as Task;
putInto(groups.watch);
const rows: Row[] = [];
const print = () => {
  const about = `agent's request ${request}m, load average ${loadavg()[0]?.toFixed(1)} at the end, times in ms`;
  if (rows.length > 0) console.log(`${report(rows)}\n\n(${about})`);
};
// the namespaces end with this process, and everything in them
process.once('SIGINT', () => {
  print();
  process.exit(exitCode.interrupted);
});

try {
  const scene = await makeScene(command, groups.agent);
  for (const busy of options.busy) {
    console.error(`${options.changes} changes beside ${busy} busy Pods ...`);
    using disturbed = new DisposableStack();
    disturbed.use(busyPods(groups.busy.slice(0, busy)));
    disturbed.use(life(scene));
    rows.push(await measure(scene, busy, options));
  }
  process.exitCode = rows.some(({ holes }) => holes > 0) ? exitCode.failed : exitCode.passed;
} catch (error) {
  console.error(`the benchmark broke: ${(error as Error).message}`);
  process.exitCode = exitCode.broken;
}
print();
process.exit();
