/** The part of `npm run bench -- services` that runs inside the namespaces. Its one argument: Inside as JSON. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { createProgress } from '../../cli/progress.ts';
import { exitCode } from '../../cli/usage.ts';
import { run } from '../../clusters/embedded/command.ts';
import { embedded } from '../../clusters/embedded/index.ts';
import { connect, type Measured, measure } from './cell.ts';
import { Objects } from './objects.ts';
import type { Options } from './options.ts';
import { makeProxies } from './proxies.ts';
import { type Row, report } from './report.ts';
import { makeWorld } from './world.ts';

/** `kubeProxies`: programs by version. */
type Inside = Options & { kubeProxies: Record<string, string> };

const { sizes, proxies: wanted, kubeProxies, limits } = JSON.parse(process.argv[2] as string) as Inside;
const effort = { changes: 5, rounds: 200, connections: 50, rateMs: 50, quietMs: 30_000 };
const directory = '/tmp/bench';
const progress = createProgress({ stream: process.stderr });

const machine = await machineLine();
progress.stage('Starting the API server');
const cluster = await embedded.create({ name: 'bench', nodes: 0, progress: progress.stage, logDirectory: directory });
const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
const server = config.clusters[0]?.cluster.server as string;
const objects = new Objects(server);
const world = await makeWorld();
const proxies = (await makeProxies(server, kubeProxies, directory)).filter(({ kind }) => wanted.includes(kind));
const setting = { world, objects, directory, limits, effort };
const rows: Row[] = [];
const print = () => {
  progress.end();
  if (rows.length > 0) console.log(`${machine}\n\n${report(rows, limits)}`);
};
// the namespaces end with this process, and everything in them
process.once('SIGINT', () => {
  print();
  process.exit(exitCode.interrupted);
});

/** What figures depend on, in one line: machine, kernel, versions of the programs, and how busy it was. */
async function machineLine(): Promise<string> {
  const version = async (argv: string[]) => (await run(argv)).stdout.trim();
  const processors = cpus();
  return [
    `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}`,
    `${(totalmem() / 1e9).toFixed(0)} GB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    await version(['nft', '--version']),
    await version(['iptables', '--version']),
    `load average ${loadavg()[0]?.toFixed(1)} at the start`,
  ].join(', ');
}

async function measureAll(): Promise<void> {
  let there = 0;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    progress.stage(`Making ${size - there} Services`);
    await objects.addServices(there, size);
    there = size;
    await measureSize(size);
  }
}

async function measureSize(size: number): Promise<void> {
  const measured: Measured[] = [];
  try {
    for (const [index, proxy] of proxies.entries()) {
      progress.stage(`${proxy.name} with ${size} Services`);
      const one = await measure(proxy, size, setting, index);
      measured.push(one);
      rows.push({ size, proxy, cell: one.cell });
    }
    progress.stage(`connections with ${size} Services`);
    await connect(measured, size, setting);
    progress.stageDone();
  } finally {
    for (const { node } of measured) await node.stop();
  }
}

await measureAll().catch((error: Error) => {
  console.error(`the benchmark broke: ${error.message}`);
  process.exitCode = exitCode.broken;
});
world.stop();
await cluster.delete();
print();
