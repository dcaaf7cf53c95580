/** The CNIs that netvet can install. Each lies in a file or folder of its own; its name stands here. */

import type { OwnImages } from '../offline/images/cni.ts';
import type { Cni } from './cni.ts';
import type { Release } from './released.ts';

export type { Cni } from './cni.ts';
export { loadClient } from './kube.ts';

/** What only the reference CNI has: a deliberate fault (reference/mutants), and a choice of fabric. */
interface Variant {
  mutant?: string;
  fabric?: 'auto' | 'vxlan';
}

const released = async (module: Promise<{ release: Release }>): Promise<Cni> =>
  (await import('./released.ts')).released((await module).release);

// read only when asked for
const known: Record<string, (variant: Variant) => Promise<Cni>> = {
  reference: async ({ mutant, fabric }) =>
    (await import('./reference.ts')).referenceCni({ ...(mutant && { mutant }), ...(fabric && { fabric }) }),
  ptp: async () => (await import('./ptp.ts')).ptpCni('nftables'),
  'ptp-iptables': async () => (await import('./ptp.ts')).ptpCni('iptables'),
  kindnet: async () => (await import('./kindnet.ts')).kindnet,
  flannel: () => released(import('./flannel.ts')),
  calico: () => released(import('./calico.ts')),
  cilium: async () => (await import('./cilium.ts')).ciliumCni('none'),
  'cilium-kube-proxy': async () => (await import('./cilium.ts')).ciliumCni('iptables'),
  'kube-router': () => released(import('./kube-router.ts')),
  antrea: () => released(import('./antrea.ts')),
  none: async () => (await import('./none.ts')).none,
};

/** What `--cni` takes. */
export const cniNames = Object.keys(known);

/** The CNI of that name. Rejects for any other, with the names that there are. */
export async function findCni(name: string, variant: Variant = {}): Promise<Cni> {
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!load) throw new Error(`there is no CNI "${name}"; there are ${cniNames.join(', ')}`);
  return load(variant);
}

/** The images that netvet can build of CNIs, each once: several CNIs may share some. */
export async function allOwnImages(): Promise<OwnImages[]> {
  const cnis = await Promise.all(cniNames.map((name) => findCni(name)));
  return [...new Set(cnis.flatMap(({ ownImages }) => ownImages ?? []))];
}
