import type { Cluster } from '../clusters/cluster.ts';
import type { Sample } from './table.ts';

const node = 'node1';

interface Plugin {
  name: string;
  path: string;
  search: string;
  config: object;
}

/**
 * ADD and DEL of each plugin on the same node, in turns, each into a fresh network namespace, as a runtime executes
 * them: environment, configuration on stdin. Times include entering the node (some 2 ms), the same for each.
 */
export async function cniAddAndDel(cluster: Cluster, peers: Record<string, string>, count: number): Promise<Sample[]> {
  const run = cluster.run?.bind(cluster);
  if (run === undefined) return [];
  const plugins: Plugin[] = [
    {
      name: 'reference',
      path: '/opt/cni/bin/netvet-cni',
      search: '/opt/cni/bin',
      config: { cniVersion: '1.1.0', name: 'netvet', type: 'netvet-cni' },
    },
  ];
  if (peers['ptp'] && peers['host-local']) {
    // the plugin looks its IPAM up by name
    await run(node, ['mkdir', '-p', '/run/bench']);
    await run(node, ['ln', '-sf', peers['host-local'], '/run/bench/host-local']);
    const ipam = { type: 'host-local', ranges: [[{ subnet: '10.200.0.0/16' }]], routes: [{ dst: '0.0.0.0/0' }] };
    const config = { cniVersion: '1.0.0', name: 'bench-ptp', type: 'ptp', ipam };
    plugins.push({ name: 'ptp + host-local', path: peers['ptp'], search: '/run/bench', config });
  }

  const samples = new Map<string, Sample>();
  const timed = async (plugin: Plugin, command: 'ADD' | 'DEL', i: number) => {
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: `bench-${i}`,
      CNI_NETNS: `/run/netns/bench-${i}`,
      CNI_IFNAME: 'eth0',
      CNI_PATH: plugin.search,
      CNI_ARGS: 'IgnoreUnknown=1',
    };
    const argv = ['env', ...Object.entries(env).map(([key, value]) => `${key}=${value}`), plugin.path];
    const began = performance.now();
    const result = await run(node, argv, { stdin: JSON.stringify(plugin.config) });
    const name = `CNI ${command}, ${plugin.name}`;
    if (result.exitCode !== 0) throw new Error(`${name}: ${result.stdout || result.stderr}`);
    const sample = samples.get(name) ?? { name, milliseconds: [] };
    samples.set(name, sample);
    sample.milliseconds.push(performance.now() - began);
  };
  for (let i = 0; i < count; i += 1) {
    for (const plugin of plugins) {
      await run(node, ['ip', 'netns', 'add', `bench-${i}`]);
      await timed(plugin, 'ADD', i);
      await timed(plugin, 'DEL', i);
      await run(node, ['ip', 'netns', 'del', `bench-${i}`]);
    }
  }
  return [...samples.values()];
}
