/** The part of `npm run bench -- services` that runs inside the namespaces. Its one argument is Options as JSON. */
import { readFileSync } from 'node:fs';
import { createProgress } from '../../cli/progress.ts';
import { embedded } from '../../clusters/embedded/index.ts';
import { measure } from './cell.ts';
import { Objects } from './objects.ts';
import type { Options } from './options.ts';
import { makeProxies } from './proxies.ts';
import { report, type Row } from './report.ts';
import { makeWorld } from './world.ts';

const { sizes, proxies: wanted, kubeProxy, limits } = JSON.parse(process.argv[2] as string) as Options;
const effort = { changes: 5, connections: 1000, rateMs: 3000, quietMs: 30_000 };
const directory = '/tmp/bench';
const progress = createProgress({ stream: process.stderr });

progress.stage('Starting the API server');
const cluster = await embedded.create({ name: 'bench', nodes: 0, progress: progress.stage, logDirectory: directory });
const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
const server = config.clusters[0]?.cluster.server as string;
const objects = new Objects(server);
await objects.addNode('node1', '172.18.0.11');
const world = await makeWorld();
const proxies = (await makeProxies(server, kubeProxy, directory)).filter(({ name }) => wanted.includes(name));
const setting = { world, objects, directory, limits, effort };
const rows: Row[] = [];
let there = 0;
for (const size of sizes.toSorted((a, b) => a - b)) {
  progress.stage(`Making ${size - there} Services`);
  await objects.addServices(there, size);
  there = size;
  for (const proxy of proxies) {
    progress.stage(`${proxy.name} with ${size} Services`);
    rows.push({ size, proxy: proxy.name, cell: await measure(proxy, size, setting) });
  }
}
progress.end();
world.stop();
objects.close();
await cluster.delete();
console.log(report(rows));
