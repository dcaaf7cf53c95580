import type { Half, Judgement } from './judge.ts';
import type { Connection, Pod } from './objects.ts';

const nameOf = ({ namespace, name }: Pod): string => `${namespace}/${name}`;

/**
 * Why a connection is allowed or denied, as one clause: which rule of which policy allows it, or which policies isolate
 * the Pod and what each of their rules lacks. What denies comes first; an end without policies is left out unless
 * neither has any.
 */
export function explain(connection: Connection, { egress, ingress }: Judgement): string {
  const { from, to, protocol, port } = connection;
  if (egress.because === 'itself') return 'a Pod cannot be kept from itself';
  const at = `${protocol} ${port}`;
  const ends: [Half, string][] = [
    [egress, half(egress, 'egress', nameOf(from), nameOf(to), at)],
    [ingress, half(ingress, 'ingress', nameOf(to), nameOf(from), at)],
  ];
  const denying = ends.filter(([{ allowed }]) => !allowed);
  if (denying.length > 0) return denying.map(([, text]) => text).join('; ');
  const deciding = ends.filter(([{ because }]) => because !== 'not isolated');
  if (deciding.length > 0) return deciding.map(([, text]) => text).join('; ');
  return `no policy isolates ${nameOf(from)} for egress or ${nameOf(to)} for ingress`;
}

function half(half: Half, direction: 'egress' | 'ingress', own: string, other: string, at: string): string {
  const peers = direction === 'egress' ? 'to' : 'from';
  if (half.because === 'rule') {
    const by = [
      ...(half.peer === undefined ? [] : [`${peers}[${half.peer}]`]),
      ...(half.port === undefined ? [] : [`ports[${half.port}]`]),
    ];
    return `${half.policy} ${direction}[${half.rule}]${by.length > 0 ? ` (${by.join(', ')})` : ''} allows it`;
  }
  if (half.because !== 'no rule') return `no policy isolates ${own} for ${direction}`;
  const isolate = half.policies.length === 1 ? 'isolates' : 'isolate';
  const isolated = `${half.policies.join(' and ')} ${isolate} ${own} for ${direction}`;
  if (half.refusals.length === 0) return `${isolated} without any rule`;
  const lacks = { peer: other, port: at, 'peer and port': `${other} and ${at}` };
  const gaps = half.refusals.map((one) => `${one.policy} ${direction}[${one.rule}] does not name ${lacks[one.lacks]}`);
  return `${isolated}, and no rule allows it: ${gaps.join(', ')}`;
}
