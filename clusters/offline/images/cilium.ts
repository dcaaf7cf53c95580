/**
 * Cilium's two images: programs from its Go module, with upstream's dependencies in place of its three forks, and
 * Debian for clang, which compiles the eBPF programs on every node. No Envoy, so no policies of layer 7.
 */
import { chmod, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { fetchSource, type Source } from '../../cni/source.ts';
import type { Parts, Recipe } from './cni.ts';

/** Program -> where it lies in the image. */
const agentPrograms: Record<string, string> = {
  'cilium-agent': 'usr/bin',
  'cilium-dbg': 'usr/bin',
  'cilium-mount': 'usr/bin',
  'cilium-sysctlfix': 'usr/bin',
  'cilium-health-responder': 'usr/bin',
  'cilium-cni': 'opt/cni/bin',
  loopback: 'cni',
};
const operatorProgram = 'cilium-operator-generic';

const scripts = [
  'images/cilium/init-container.sh',
  'plugins/cilium-cni/install-plugin.sh',
  'plugins/cilium-cni/cni-uninstall.sh',
];

/** The compiler, and what the agent executes. */
const packages = [
  ...['clang-19', 'iproute2', 'iptables', 'ipset', 'kmod'],
  ...['ca-certificates', 'bpftool', 'mount', 'util-linux', 'procps'],
];

const path = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

interface Release {
  version: string;
  /** Names of the images. */
  agent: string;
  operator: string;
  inRelease(this: void, path: string): Source;
}

/** About seven minutes from nothing. */
export const ciliumRecipe = ({ version, agent, operator, inRelease }: Release): Recipe => ({
  name: 'cilium',
  version,
  programs: [...Object.keys(agentPrograms), operatorProgram],
  root: { packages },
  async images({ root, layer, place }) {
    const ofAgent = await layer('agent', (folder) => layAgent(folder, place, inRelease));
    const ofOperator = await layer('operator', async (folder) => {
      await place(operatorProgram, join(folder, 'usr/bin', operatorProgram));
      await mkdir(join(folder, 'tmp'));
    });
    const environment = { ...path, INITSYSTEM: 'SYSTEMD' };
    const entrypoint = [`/usr/bin/${operatorProgram}`];
    return [
      { reference: agent, layers: [root, ofAgent], environment, command: ['/usr/bin/cilium-dbg'] },
      { reference: operator, layers: [ofOperator], environment: path, entrypoint },
    ];
  },
});

async function layAgent(folder: string, place: Parts['place'], inRelease: Release['inRelease']): Promise<void> {
  for (const [name, where] of Object.entries(agentPrograms)) await place(name, join(folder, where, name));
  for (const script of scripts) {
    const target = join(folder, basename(script));
    await cp(await fetchSource(inRelease(script)), target);
    await chmod(target, 0o755);
  }
  const library = join(folder, 'var/lib/cilium');
  await mkdir(library, { recursive: true });
  // files of the module cache are read-only
  await execa('cp', ['-r', '--no-preserve=mode', await fetchSource(inRelease('bpf')), join(library, 'bpf')]);
  for (const each of ['tests', 'complexity-tests'])
    await rm(join(library, 'bpf', each), { recursive: true, force: true });
  await symlink('clang-19', join(folder, 'usr/bin/clang'));
  await symlink('cilium-dbg', join(folder, 'usr/bin/cilium'));
  await mkdir(join(folder, 'home/cilium'), { recursive: true });
}
