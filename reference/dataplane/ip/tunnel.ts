import type { Tunnel } from '../../model/fabric.ts';
import type { Run } from '../run.ts';
import { mustBatch, readJsonIfThere } from './batch.ts';

interface VxlanInfo {
  address: string;
  mtu: number;
  flags: string[];
  linkinfo?: { info_kind?: string; info_data?: { id: number; local?: string; port: number; learning: boolean } };
}

const listNeighbours = (device: string) => ['ip', '-j', 'neigh', 'show', 'dev', device, 'nud', 'permanent'];
const listEntries = (device: string) => ['bridge', '-j', 'fdb', 'show', 'dev', device];

/**
 * Brings the tunnel device and what it knows of its peers to `desired`; undefined removes it. Nothing is learned from
 * traffic and nobody is asked: each peer is one permanent neighbour and one permanent forwarding entry (flannel's vxlan
 * backend does the same). The device is made anew only where its identity is wrong, because that interrupts traffic.
 * Resolves with whether the device was removed, be it to make it anew: its routes went with it.
 */
export async function applyTunnel(run: Run, device: string, desired: Tunnel | undefined): Promise<boolean> {
  const [present] = await readJsonIfThere<VxlanInfo>(run, ['ip', '-d', '-j', 'link', 'show', 'dev', device]);
  if (desired === undefined) {
    if (present !== undefined) await mustBatch(run, 'ip', [`link del dev ${device}`]);
    return present !== undefined;
  }
  const { id, port, local, mac, mtu, address, peers } = desired;
  const wrong = present !== undefined && !fits(present, desired);
  if (present === undefined || wrong) {
    await mustBatch(run, 'ip', [
      ...(wrong ? [`link del dev ${device}`] : []),
      // a MAC given at creation is one that systemd's MACAddressPolicy leaves alone
      `link add ${device} address ${mac} mtu ${mtu} type vxlan id ${id} dstport ${port} local ${local} nolearning`,
    ]);
  }
  const [neighbours, entries] = await Promise.all([
    readJsonIfThere<{ dst: string }>(run, listNeighbours(device)),
    readJsonIfThere<{ mac: string; dst?: string }>(run, listEntries(device)),
  ]);
  const wantedNeighbours = new Set(peers.map((peer) => peer.address));
  const wantedEntries = new Set(peers.map((peer) => `${peer.mac} ${peer.node}`));
  await mustBatch(run, 'ip', [
    `addr replace ${address}/32 dev ${device}`,
    `link set dev ${device} mtu ${mtu} up`,
    ...peers.map((peer) => `neigh replace ${peer.address} lladdr ${peer.mac} dev ${device} nud permanent`),
    ...neighbours.filter(({ dst }) => !wantedNeighbours.has(dst)).map(({ dst }) => `neigh del ${dst} dev ${device}`),
  ]);
  await mustBatch(run, 'bridge', [
    ...entries
      .filter(({ mac: known, dst }) => dst !== undefined && !wantedEntries.has(`${known} ${dst}`))
      .map(({ mac: known, dst }) => `fdb del ${known} dev ${device} dst ${dst} self`),
    ...peers.map((peer) => `fdb replace ${peer.mac} dev ${device} dst ${peer.node} self permanent`),
  ]);
  return wrong;
}

/** Whether the tunnel device is as it was made, up, and knows all of its peers. */
export async function hasTunnel(run: Run, device: string, desired: Tunnel): Promise<boolean> {
  const [[present], [addressed], neighbours, entries] = await Promise.all([
    readJsonIfThere<VxlanInfo>(run, ['ip', '-d', '-j', 'link', 'show', 'dev', device]),
    readJsonIfThere<{ addr_info: { local: string }[] }>(run, ['ip', '-j', '-4', 'addr', 'show', 'dev', device]),
    readJsonIfThere<{ dst: string; lladdr?: string }>(run, listNeighbours(device)),
    readJsonIfThere<{ mac: string; dst?: string }>(run, listEntries(device)),
  ]);
  if (present === undefined || !present.flags.includes('UP') || !fits(present, desired)) return false;
  if (present.mtu !== desired.mtu || !addressed?.addr_info.some(({ local }) => local === desired.address)) return false;
  const known = new Set(neighbours.map(({ dst, lladdr }) => `${dst} ${lladdr}`));
  const led = new Set(entries.map(({ mac, dst }) => `${mac} ${dst}`));
  return desired.peers.every(({ address, mac, node }) => known.has(`${address} ${mac}`) && led.has(`${mac} ${node}`));
}

function fits({ address, linkinfo }: VxlanInfo, { id, port, local, mac }: Tunnel): boolean {
  const data = linkinfo?.info_data;
  if (linkinfo?.info_kind !== 'vxlan' || data === undefined) return false;
  return data.id === id && data.port === port && data.local === local && !data.learning && address === mac;
}
