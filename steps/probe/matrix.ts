import type { Expected } from './verdict.ts';

/**
 * Reads an expected matrix: clients down, targets across.
 *
 *     |          | database | Service web:80/UDP |
 *     | frontend | allowed  | -                  |
 *     | visitor  | denied   | denied             |
 *
 * `-` is not probed. Every mistake is reported, not only the first.
 */
export function parseMatrix(table: string[][]): { from: string; to: string; expected: Expected }[] {
  const [header = [], ...rows] = table;
  const mistakes: string[] = [];
  const expectations = rows.flatMap(([from = '', ...words]) =>
    words.flatMap((word, i) => {
      const to = header[i + 1] ?? '';
      if (word === '-') return [];
      if (word === 'allowed' || word === 'denied') return [{ from, to, expected: word } as const];
      mistakes.push(`${from} -> ${to}: "${word}" is none of allowed, denied and -`);
      return [];
    }),
  );
  if (expectations.length === 0 && mistakes.length === 0) mistakes.push('the matrix is empty');
  if (mistakes.length > 0) throw new TypeError(mistakes.join('\n'));
  return expectations;
}

/** A target in words: `database`, `database:8081`, `Service web:80/UDP`, `name web.shop:80`. */
interface TargetWords {
  kind: 'Pod' | 'Service' | 'name';
  name: string;
  port: number | undefined;
  protocol: 'TCP' | 'UDP';
}

export function parseTarget(text: string): TargetWords {
  const [, kind = 'Pod', name, port, protocol = 'TCP'] =
    /^(?:(Pod|Service|name) )?([a-z0-9.-]+)(?::(\d+))?(?:\/(TCP|UDP))?$/.exec(text) ?? [];
  if (name === undefined)
    throw new TypeError(
      `"${text}" is not a target: say "Pod", "Service name" or "name x.y", then :port and /UDP if needed`,
    );
  return {
    kind: kind as TargetWords['kind'],
    name,
    port: port === undefined ? undefined : Number(port),
    protocol: protocol as 'TCP' | 'UDP',
  };
}
