/** Names, looked up with the Pod's own resolver. */
import type { DnsKind, DnsReport } from '../attempt.ts';
import { dns, fs } from './builtin.ts';
import { now } from './self.ts';
import { codeOf } from './within.ts';

interface ResolvConf {
  search: string[];
  ndots: number;
}

/** What /etc/resolv.conf says. */
export function resolvConf(): ResolvConf {
  const lines = fs().readFileSync('/etc/resolv.conf', 'utf8').split('\n');
  const words = (key: string) =>
    lines
      .findLast((line) => line.startsWith(`${key} `))
      ?.trim()
      .split(/\s+/)
      .slice(1) ?? [];
  const ndots =
    words('options')
      .findLast((option) => option.startsWith('ndots:'))
      ?.slice(6) ?? '1';
  return { search: words('search'), ndots: Number(ndots) };
}

/** One query to the servers of resolv.conf. getaddrinfo would block one of four threads for 5 s and more. */
function query(kind: Exclude<DnsKind, 'lookup'>, name: string, timeoutMs: number): Promise<DnsReport> {
  const began = now();
  const resolver = new (dns().Resolver)({ timeout: Math.ceil(timeoutMs), tries: 1 });
  const micros = () => Math.round((now() - began) * 1000);
  return new Promise((done) => {
    const timer = setTimeout(() => resolver.cancel(), timeoutMs);
    const answer = (error: unknown, records: string[] | undefined) => {
      clearTimeout(timer);
      done(
        error
          ? { records: [], errno: codeOf(error), micros: micros() }
          : { records: (records ?? []).toSorted(), micros: micros() },
      );
    };
    if (kind === 'SRV')
      resolver.resolveSrv(name, (error, all) =>
        answer(
          error,
          all?.map((srv) => `${srv.port} ${srv.name}`),
        ),
      );
    else if (kind === 'PTR') resolver.reverse(name, answer);
    else resolver.resolve4(name, answer);
  });
}

/** An address as resolv.conf(5) finds it: the search list first for names with fewer than ndots dots. */
export async function resolveHost(host: string, timeoutMs: number): Promise<DnsReport> {
  const began = now();
  const { search, ndots } = resolvConf();
  const dots = host.split('.').length - 1;
  const searched = search.map((domain) => `${host}.${domain}`);
  const names = host.endsWith('.') ? [host] : dots >= ndots ? [host, ...searched] : [...searched, host];
  let last: DnsReport = { records: [], errno: 'ENOTFOUND', micros: 0 };
  for (const name of names) {
    const left = timeoutMs - (now() - began);
    if (left <= 0) break;
    last = await query('A', name, left);
    if (last.records.length > 0 || !['ENOTFOUND', 'ENODATA'].includes(last.errno ?? '')) break;
  }
  return { ...last, micros: Math.round((now() - began) * 1000) };
}

/** A name as one query, or as any program of the Pod looks it up. */
export async function resolveName(kind: DnsKind, name: string, timeoutMs: number): Promise<DnsReport> {
  if (kind !== 'lookup') return query(kind, name, timeoutMs);
  const began = now();
  const micros = () => Math.round((now() - began) * 1000);
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEOUT' })), timeoutMs).unref(),
  );
  try {
    const all = await Promise.race([dns().promises.lookup(name, { all: true }), late]);
    return { records: [...new Set(all.map(({ address }) => address))].toSorted(), micros: micros() };
  } catch (error) {
    return { records: [], errno: codeOf(error), micros: micros() };
  }
}
