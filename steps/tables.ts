import type { Pickle } from '@cucumber/messages';
import { parseMatrix, parseTarget } from './probe/index.ts';
import type { Pair } from './stage.ts';
import type { ServicePort } from './workloads/index.ts';

/** A row of a data table, by its headers. */
export type Row = Record<string, string>;

/** `database, replica` -> ['database', 'replica']. */
export const listed = (text: string): string[] => text.split(',').map((word) => word.trim());

/** `app=database, tier=data` -> {app: 'database', tier: 'data'}. */
export const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    listed(text)
      .filter((word) => word !== '')
      .map((word) => word.split('=', 2) as [string, string]),
  );

/** Ports of a Service, `[name] port:target[/protocol]`; of several, one without a name is called after its protocol. */
export function portsIn(text: string): ServicePort[] {
  const words = listed(text);
  return words.map((word) => {
    const [, name, port, target, protocol = 'TCP'] = /^(?:(\w+) )?(\d+):(\w+)(?:\/(TCP|UDP))?$/.exec(word) ?? [];
    if (port === undefined || target === undefined) throw new TypeError(`"${word}" is no port, such as 80:8080/UDP`);
    const called = name ?? (words.length > 1 ? protocol.toLowerCase() : undefined);
    return {
      ...(called !== undefined && { name: called }),
      port: Number(port),
      targetPort: /^\d+$/.test(target) ? Number(target) : target,
      protocol: protocol as 'TCP' | 'UDP',
    };
  });
}

/** The cells between Pods that the matrices of a scenario will probe, whatever they expect of them. */
export function pairsIn(pickle: Pickle): Pair[] {
  const matrices = pickle.steps
    .filter(({ text }) => text === 'the connections are:')
    .map(({ argument }) => argument?.dataTable);
  return matrices.flatMap((table) => {
    const raw = (table?.rows ?? []).map(({ cells }) => cells.map(({ value }) => value));
    return parseMatrix(raw).flatMap(({ from, to }): Pair[] => {
      const { kind, name, port = 8080, protocol } = parseTarget(to);
      return kind === 'Pod' ? [{ from, to: name, port, protocol }] : [];
    });
  });
}
