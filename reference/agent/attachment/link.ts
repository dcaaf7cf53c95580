import { addPodRoute, readJson, readJsonIfThere } from '../../dataplane/ip/index.ts';
import { CommandError, failureOf, inNetns, type Run } from '../../dataplane/run.ts';
import type { Attachment } from '../../model/types.ts';
import { CniError, codes } from '../cni/errors.ts';
import { gateway, hostMac, isAttachmentName } from './names.ts';

/**
 * Makes the pair of links and sets up the Pod's end: its address as /32, and everything else through 169.254.1.1, a
 * permanent neighbour with the MAC of all host ends. The host end has no address, so that Pods see the node under its
 * own (with 169.254.1.1 on it they would see that one). Two commands: the pair with its route, and inside the Pod.
 * `secure` is for a Pod that runs already, and may send at once: it is called before anything can come by the link.
 */
export async function createLink(run: Run, attachment: Attachment, secure?: () => void): Promise<void> {
  const { hostInterface, ifname, netns, mtu, mac, ip } = attachment;
  const pair =
    `link add ${hostInterface} address ${hostMac} mtu ${mtu}` +
    ` type veth peer name ${ifname} address ${mac} mtu ${mtu} netns ${netns}`;
  const alias = attachment.pod === '' ? [] : [`link set dev ${hostInterface} alias ${aliasOf(attachment)}`];
  const open = [`link set dev ${hostInterface} up`, addPodRoute(ip, hostInterface)];
  const lines = [pair, ...alias, ...(secure === undefined ? open : [])];
  const made = await batch(run, lines);
  if (made.exitCode !== 0) {
    // a link of that name is netvet's, and of no attachment: left by a crash. With it goes its other end
    await deleteLink(run, hostInterface);
    if ((await inNetns(run, netns)(['ip', 'link', 'show', 'dev', ifname])).exitCode === 0) {
      const message = `the interface ${ifname} exists already in ${netns}`;
      throw new CniError(codes.interfaceExists, message, made.stderr.trim());
    }
    await mustBatch(run, lines);
  }
  if (secure !== undefined) {
    secure();
    await mustBatch(run, open);
  }
  await mustBatch(inNetns(run, netns), [
    `addr add ${ip}/32 dev ${ifname}`,
    `link set dev ${ifname} up`,
    `neigh replace ${gateway} lladdr ${hostMac} dev ${ifname} nud permanent`,
    `route add ${gateway} dev ${ifname} scope link`,
    `route add default via ${gateway} dev ${ifname}`,
  ]);
}

/** Names of all host ends of netvet's pairs. */
export async function listLinks(run: Run): Promise<Set<string>> {
  const list = await readJson<{ ifname?: string }>(run, ['ip', '-j', 'link', 'show', 'type', 'veth']);
  return new Set(list.flatMap(({ ifname = '' }) => (isAttachmentName(ifname) ? [ifname] : [])));
}

/** Removes a link of the node. One that is gone is as good as removed. */
export async function deleteLink(run: Run, name: string): Promise<void> {
  const argv = ['ip', 'link', 'del', 'dev', name];
  const result = await run(argv);
  const failure = failureOf(result);
  if (failure !== undefined && failure !== 'missing') throw new CommandError(argv, undefined, result);
}

/** What is different from how `createLink` left it, in sentences. Empty: nothing. */
export async function inspectLink(run: Run, attachment: Attachment): Promise<string[]> {
  const { hostInterface, ifname, netns, mtu, mac, ip } = attachment;
  const pod = inNetns(run, netns);
  const [[hostEnd], [podEnd], routes, neighbours, hostRoutes] = await Promise.all([
    readJsonIfThere<LinkInfo>(run, ['ip', '-j', 'link', 'show', 'dev', hostInterface]),
    readJsonIfThere<LinkInfo>(pod, ['ip', '-j', 'addr', 'show', 'dev', ifname]),
    readJsonIfThere<RouteInfo>(pod, ['ip', '-j', 'route', 'show', 'dev', ifname]),
    readJsonIfThere<NeighbourInfo>(pod, ['ip', '-j', 'neigh', 'show', gateway, 'dev', ifname]),
    readJsonIfThere<RouteInfo>(run, ['ip', '-j', 'route', 'show', ip]),
  ]);
  const wrong: string[] = [];
  const check = (holds: boolean, sentence: string) => void (holds || wrong.push(sentence));
  const checkLink = (name: string, end: LinkInfo | undefined): end is LinkInfo => {
    check(end !== undefined, `${name} is gone`);
    if (end === undefined) return false;
    check(end.flags.includes('UP'), `${name} is down`);
    check(end.mtu === mtu, `${name} has MTU ${end.mtu}, not ${mtu}`);
    return true;
  };
  if (checkLink(`the host link ${hostInterface}`, hostEnd)) {
    const routed = hostRoutes.some(({ dst, dev }) => dst === ip && dev === hostInterface);
    check(routed, `the node's route to ${ip} is gone`);
  }
  if (checkLink(`the interface ${ifname}`, podEnd)) {
    check(podEnd.address === mac, `the interface ${ifname} has MAC ${podEnd.address}, not ${mac}`);
    const addressed = podEnd.addr_info?.some(({ local, prefixlen }) => local === ip && prefixlen === 32);
    check(addressed === true, `the interface ${ifname} does not have the address ${ip}/32`);
    const leaves = routes.some(({ dst, gateway: via }) => dst === 'default' && via === gateway);
    check(leaves, `the default route via ${gateway} is gone`);
    check(
      routes.some(({ dst }) => dst === gateway),
      `the route to ${gateway} is gone`,
    );
    const known = neighbours.some(({ lladdr, state }) => lladdr === hostMac && state.includes('PERMANENT'));
    check(known, `the permanent neighbour ${gateway} is gone`);
  }
  return wrong;
}

interface LinkInfo {
  flags: string[];
  mtu: number;
  address: string;
  addr_info?: { family: string; local: string; prefixlen: number }[];
}
interface RouteInfo {
  dst: string;
  gateway?: string;
  dev?: string;
}
interface NeighbourInfo {
  lladdr?: string;
  state: string[];
}

const batch = (run: Run, lines: string[]) => run(['ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n` });

async function mustBatch(run: Run, lines: string[]): Promise<void> {
  const result = await batch(run, lines);
  if (result.exitCode === 0) return;
  const error = new CommandError(['ip', '-batch', '-'], `${lines.join('\n')}\n`, result);
  const [why = '', number] = result.stderr.trim().split(/\s*Command failed -:/);
  const line = lines[Number(number) - 1];
  const refused = line === undefined ? "the Pod's link" : `"${line}"`;
  throw new CniError(codes.dataplane, `the node refused ${refused}: ${why}`, error.message, { cause: error });
}

/** Shown by `ip link`: whose link this is. The kernel takes 255 bytes. */
const aliasOf = ({ namespace, pod }: Attachment) => `${namespace}/${pod}`.slice(0, 255);
