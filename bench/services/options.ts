import { UsageError } from '../../cli/usage.ts';
import { version } from '../../clusters/cni/kube-proxy.ts';
import { readFlags } from '../flags.ts';
import { mostServices } from './addresses.ts';
import type { Limits } from './cell.ts';
import { type ProxyKind, proxyKinds } from './proxies.ts';

/** What the benchmark is to do, checked. */
export interface Options {
  sizes: number[];
  proxies: ProxyKind[];
  /** Versions, like v1.34.3. */
  kubeProxy: string[];
  limits: Limits;
}

/** The one that scenarios run beside, and the newest that was built and measured. */
const usualVersions = `${version},v1.37.2`;

export const help = `npm run bench -- services [options]

Services through the reference CNI's agent and through kube-proxy, nftables and iptables, of several versions:
time to program all of them, one more Service, one endpoint replaced, processor time, memory, connection set-up, a
restart under traffic. Every figure is of real connections between network namespaces on one machine: one proxy after
the other, and for the set-up of connections all of them in turns. It needs root, stays in namespaces of its own and
changes nothing of the machine.

  --sizes LIST      numbers of Services, of two endpoints each (default: 1,100,1000,10000)
  --proxies LIST    of ${proxyKinds.join(', ')} (default: all)
  --kube-proxy LIST versions of kube-proxy, built from the Go module proxy (default: ${usualVersions})
  --limit SECONDS   how long a proxy may take to program all Services (default: 60)
  --help

Examples:
  npm run bench -- services --sizes 1,100,1000
  npm run bench -- services --sizes 10000 --proxies reference,nftables --kube-proxy 1.36.3`;

/** Throws UsageError with one sentence per mistake. Undefined: only help is wanted. */
export function readOptions(argv: string[]): Options | undefined {
  const mistakes: string[] = [];
  const values = readFlags(argv, ['sizes', 'proxies', 'kube-proxy', 'limit'], mistakes);
  if (values === undefined) return undefined;
  const listOf = (name: keyof typeof values, usual: string, fits: (word: string) => boolean, what: string) => {
    const words = (values[name] ?? usual).split(/\s*,\s*/);
    const wrong = words.filter((word) => !fits(word));
    mistakes.push(...wrong.map((word) => `--${name} takes ${what}, and "${word}" is none of them`));
    return words;
  };
  const isSize = (word: string) => /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= mostServices;
  const sizes = listOf('sizes', '1,100,1000,10000', isSize, `whole numbers from 1 to ${mostServices}`);
  const isKind = (word: string) => proxyKinds.some((kind) => kind === word);
  const proxies = listOf('proxies', proxyKinds.join(), isKind, proxyKinds.join(', '));
  const isVersion = (word: string) => /^v?1\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$/.test(word);
  const versions = listOf('kube-proxy', usualVersions, isVersion, `versions like ${version}`);
  const limit = Number(values['limit'] ?? 60);
  if (!(limit >= 1 && limit <= 3600)) mistakes.push(`--limit takes seconds from 1 to 3600, not "${values['limit']}"`);
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return {
    sizes: [...new Set(sizes.map(Number))],
    proxies: proxyKinds.filter((name) => proxies.includes(name)),
    kubeProxy: [...new Set(versions.map((one) => one.replace(/^v?/, 'v')))],
    limits: { loadMs: limit * 1000, changeMs: Math.min(limit, 30) * 1000 },
  };
}
