/** kube-proxy's rules, which stay when it ends. Which of two programs translates, the order of their chains says. */
import type { Run } from '../../run.ts';
import { redirectedSet } from '../tables/service-chains.ts';

/** Where its rules are: the table of its nftables mode, or chains of iptables. */
export const isKubeProxys = (family: string, table: string, chain = '') =>
  (family === 'ip' && table === 'kube-proxy') || chain === 'KUBE-SERVICES';

/** A line of `nft monitor` about something of kube-proxy's that is new or changed. */
export const isItsChange = (line: string) => /^(?:add|insert) \w+ ip6? (?:kube-proxy |\S+ KUBE-)/.test(line);

/** `place`: of one of its chains. `table`: that chain's. */
export function blameKubeProxy(place: string, table: string): string {
  const cleanUp = table === 'kube-proxy' ? 'nft delete table ip kube-proxy' : 'kube-proxy --cleanup';
  return (
    `kube-proxy is at work on this node, or has left its rules: ${place}. It translates Services too, by choices of ` +
    `its own. Remove its DaemonSet, then run \`${cleanUp}\` on the node, or reboot it`
  );
}

/**
 * ClusterIPs to which connections were translated by other programs within the last minute, as our rules saw them pass.
 * None where our tables are not there.
 */
export async function redirectedByOthers(run: Run): Promise<string[]> {
  const { stdout, exitCode } = await run(['nft', '-j', 'list', 'set', 'ip', 'netvet-services', redirectedSet]);
  if (exitCode !== 0) return [];
  const { nftables } = JSON.parse(stdout) as { nftables: { set?: { elem?: { elem: { val: string } }[] } }[] };
  return nftables.flatMap(({ set }) => set?.elem ?? []).map(({ elem }) => elem.val);
}
