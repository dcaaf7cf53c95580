import { parseArgs } from 'node:util';
import { UsageError } from '../../cli/usage.ts';
import { version } from '../../clusters/cni/kube-proxy.ts';
import { mostServices } from './addresses.ts';
import type { Limits } from './cell.ts';
import { type ProxyName, proxyNames } from './proxies.ts';

/** What the benchmark is to do, checked. */
export interface Options {
  sizes: number[];
  proxies: ProxyName[];
  kubeProxy: string;
  limits: Limits;
}

export const help = `npm run bench -- services [options]

Services through the reference CNI's agent and through kube-proxy ${version}, nftables and iptables:
time to program all of them, one more Service, one endpoint replaced, processor time, memory, connection set-up, a
restart under traffic. Every figure is of real connections between network namespaces on one machine: one proxy after
the other, and for the set-up of connections all of them in turns. It needs root, stays in namespaces of its own and
changes nothing of the machine.

  --sizes LIST      numbers of Services, of two endpoints each (default: 1,100,1000,10000)
  --proxies LIST    of ${proxyNames.join(', ')} (default: all)
  --limit SECONDS   how long a proxy may take to program all Services (default: 60)
  --help

Examples:
  npm run bench -- services --sizes 1,100,1000
  npm run bench -- services --sizes 10000 --proxies reference,nftables`;

/** Throws UsageError with one sentence per mistake. Undefined: only help is wanted. */
export function readOptions(argv: string[]): Omit<Options, 'kubeProxy'> | undefined {
  const mistakes: string[] = [];
  const text = { type: 'string' } as const;
  const options = { sizes: text, proxies: text, limit: text, help: { type: 'boolean' } } as const;
  const given = parseArgs({ args: argv, strict: false, allowPositionals: true, tokens: true, options });
  const { values, positionals, tokens } = given;
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(options, token.name))
      mistakes.push(`there is no option ${token.rawName}`);
  }
  for (const word of positionals) mistakes.push(`"${word}" is not understood`);
  const sizes = list(values['sizes'] ?? '1,100,1000,10000');
  for (const size of sizes) {
    if (!/^\d+$/.test(size) || Number(size) < 1 || Number(size) > mostServices)
      mistakes.push(`--sizes takes whole numbers from 1 to ${mostServices}, and "${size}" is none`);
  }
  const proxies = list(values['proxies'] ?? proxyNames.join());
  for (const name of proxies) {
    if (!proxyNames.some((one) => one === name))
      mistakes.push(`--proxies takes ${proxyNames.join(', ')}, and "${name}" is none of them`);
  }
  const limit = Number(values['limit'] ?? 60);
  if (!(limit >= 1 && limit <= 3600)) mistakes.push(`--limit takes seconds from 1 to 3600, not "${values['limit']}"`);
  if (values['help'] === true) return undefined;
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return {
    sizes: [...new Set(sizes.map(Number))],
    proxies: proxyNames.filter((name) => proxies.includes(name)),
    limits: { loadMs: limit * 1000, changeMs: Math.min(limit, 30) * 1000 },
  };
}

const list = (value: string | boolean): string[] =>
  String(value)
    .split(',')
    .map((word) => word.trim());
