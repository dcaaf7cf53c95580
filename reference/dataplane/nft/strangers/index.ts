/** What other programs have in nftables that keeps Pods from each other, or does our work a second time. */
import { mustRun, type Run } from '../../run.ts';
import { ownTables } from '../render.ts';
import { type BaseChain, dropsAt, type Packet, type Place, type Rule } from './judge.ts';
import { blameKubeProxy, isKubeProxys } from './kube-proxy.ts';

/** A chain as `nft -j list chains` has it. */
interface Chain extends Partial<BaseChain> {
  family: string;
  table: string;
  name: string;
  type?: string;
  hook?: string;
}

/** What Pods' packets pass on their way through a node. */
const hooks = ['prerouting', 'forward', 'postrouting'];

const isOurs = ({ family, table }: Chain) => family === 'ip' && ownTables.includes(table);

/** What other programs have on a node, in sentences, each with the place and what to do. */
interface Strangers {
  /** Who drops what Pods send each other. */
  drops: string[];
  /** That there are rules of kube-proxy. */
  kubeProxy: string[];
}

/** Looks at all tables but ours. Rules of iptables' old kernel interface are not in nftables, and are not seen. */
export async function findStrangers(run: Run, packets: Packet[]): Promise<Strangers> {
  const chains = (await list<Chain>(run, 'chain', ['chains'])).filter((chain) => !isOurs(chain));
  const its = chains.find(({ family, table, name }) => isKubeProxys(family, table, name));
  const kubeProxy = its === undefined ? [] : [blameKubeProxy(placeOf(its), its.table)];
  return { drops: await dropping(run, chains, packets), kubeProxy };
}

async function dropping(run: Run, chains: Chain[], packets: Packet[]): Promise<string[]> {
  const isOnTheWay = ({ family, type, hook = '' }: Chain) =>
    (family === 'ip' || family === 'inet') && type === 'filter' && hooks.includes(hook);
  const sentences: string[] = [];
  for (const chain of chains.filter(isOnTheWay)) {
    const { family, table, name, hook, policy = 'accept' } = chain;
    const rules = await list<Rule>(run, 'rule', ['table', family, table]);
    const seen = (packet: Packet) => (hook === 'prerouting' ? { ...packet, to: undefined } : packet);
    const places = packets.flatMap((packet) => dropsAt({ name, policy }, rules, seen(packet)) ?? []);
    if (places[0] !== undefined) sentences.push(blame(chain, places[0]));
  }
  return sentences;
}

function blame(chain: Chain, place: Place): string {
  const why = 'policy' in place ? 'by its policy' : `by the rule with handle ${place.handle} in chain ${place.chain}`;
  return (
    `Pods are cut off: ${placeOf(chain)}, of another program, drops what is forwarded between them, ${why}. ` +
    'An accept elsewhere does not overrule that: have that program accept the Pod range as source and as destination ' +
    '(Docker, ufw and firewalld set this; `nft -a list table` shows it)'
  );
}

const placeOf = ({ family, table, name }: Chain) => `table ${family} ${table}, chain ${name}`;

/** What `nft -j -t list` has of one kind; nothing where the table has gone meanwhile. */
async function list<T>(run: Run, kind: 'chain' | 'rule', what: string[]): Promise<T[]> {
  const argv = ['nft', '-j', '-t', 'list', ...what];
  const text = kind === 'chain' ? await mustRun(run, argv) : (await run(argv)).stdout;
  if (text.trim() === '') return [];
  const { nftables } = JSON.parse(text) as { nftables: Record<string, T>[] };
  return nftables.flatMap((one) => one[kind] ?? []);
}
