import { tmpdir } from 'node:os';
import { bringUp } from '../cli/bringup.ts';
import { createProgress } from '../cli/progress.ts';
import { cniAddAndDel } from './cni.ts';
import { podReady } from './pods.ts';
import { type Sample, table } from './table.ts';

const peers = JSON.parse(process.argv[2] as string) as Record<string, string>;
const options = {
  ...({ provider: 'embedded', name: 'bench', cni: 'reference', nodes: 3, keep: false, reuse: false } as const),
  mark: 'bench',
  report: tmpdir(),
};
const progress = createProgress({ stream: process.stderr });

const up: Sample = { name: 'cluster of 3 nodes, from nothing to Ready', milliseconds: [] };
for (let i = 0; i < 5; i += 1) {
  const began = performance.now();
  const cluster = await bringUp(options, progress);
  up.milliseconds.push(performance.now() - began);
  await cluster.delete();
}

const cluster = await bringUp(options, progress);
progress.stage('50 Pods, one after the other');
const pods = await podReady(cluster, 50);
progress.stage('CNI ADD and DEL, 50 each, in turns');
const cni = await cniAddAndDel(cluster, peers, 50);
progress.end();
await cluster.delete();

console.log(table([up, pods, ...cni]));
