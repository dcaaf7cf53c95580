/** What tables of other programs do to a packet, as far as `nft -j list table` tells. */
import { contains, parseAddress, parseCIDR } from '../../../model/cidr.ts';

/** A packet between Pods that begins a connection. What is undefined matches nothing. */
export interface Packet {
  source: string;
  destination: string;
  from: string;
  to: string | undefined;
}

/** https://manpages.debian.org/libnftables-json: an expression or a statement, by its only key. */
type Expression = Record<string, unknown> | string | number | unknown[];

export interface Rule {
  chain: string;
  handle: number;
  expr?: Record<string, unknown>[];
}

export interface BaseChain {
  name: string;
  policy: string;
}

/** Where a packet is dropped: rule, or policy of the chain. */
export type Place = { chain: string; handle: number } | { chain: string; policy: 'drop' };

type Outcome = { verdict: 'accept' } | { verdict: 'drop'; place: Place } | undefined;

/**
 * Where a chain with a hook drops the packet; undefined: it does not, or that cannot be told. What is not understood
 * here drops nothing; where it could have accepted the packet before a drop, nothing is blamed on that drop. Ports are
 * not looked at, nor are extensions of iptables, but for sets: accepting some ports or old connections helps no Pod.
 */
export function dropsAt(base: BaseChain, rules: Rule[], packet: Packet): Place | undefined {
  let mayBeAccepted = false;

  const walk = (chain: string, depth: number): Outcome => {
    for (const rule of rules.filter((one) => one.chain === chain)) {
      const outcome = depth > 16 ? undefined : carryOut(rule, depth);
      if (outcome === 'return') return undefined;
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  };

  const carryOut = ({ chain, handle, expr = [] }: Rule, depth: number): Outcome | 'return' => {
    const statements = expr.map((statement): [string, unknown] => Object.entries(statement)[0] ?? ['', undefined]);
    const conditions = statements.map(([kind, value]) => isMet(kind, value, packet));
    if (conditions.includes(false)) return undefined;
    if (conditions.includes(undefined)) {
      mayBeAccepted ||= statements.some(([kind]) => /^(accept|queue|jump|goto|vmap)$/.test(kind));
      return undefined;
    }
    for (const [kind, value] of statements) {
      if (kind === 'drop' || kind === 'reject') return { verdict: 'drop', place: { chain, handle } };
      if (kind === 'xt' && (value as Xt)?.name === 'REJECT') return { verdict: 'drop', place: { chain, handle } };
      if (kind === 'accept' || kind === 'queue') return { verdict: 'accept' };
      if (kind === 'return') return 'return';
      const target = (value as { target?: string } | null)?.target ?? '';
      if (kind === 'jump') return walk(target, depth + 1);
      // what is left of this chain is left out: so does its caller
      if (kind === 'goto') return walk(target, depth + 1) ?? 'return';
    }
    return undefined;
  };

  const outcome = walk(base.name, 0);
  if (mayBeAccepted) return undefined;
  if (outcome?.verdict === 'drop') return outcome.place;
  return outcome === undefined && base.policy === 'drop' ? { chain: base.name, policy: 'drop' } : undefined;
}

/** An extension of iptables. Older versions of nft say nothing of it. */
type Xt = { type?: string; name?: string } | null;

interface Match {
  op: string;
  left: Expression;
  right: Expression;
}

/** Statements that let every packet go on to the next one, or end the rule. */
const neutral = /^(counter|log|notrack|mangle|accept|drop|reject|queue|return|jump|goto)$/;

/** Whether a packet comes past a statement of a rule; undefined: that cannot be told. */
function isMet(kind: string, value: unknown, packet: Packet): boolean | undefined {
  if (kind === 'match') return matches(value as Match, packet);
  if (kind !== 'xt') return neutral.test(kind) ? true : undefined;
  const { type, name } = (value as Xt) ?? {};
  if (name === 'set') return undefined;
  return type === 'match' ? name === 'comment' : name === 'REJECT';
}

function matches({ op, left, right }: Match, packet: Packet): boolean | undefined {
  if (isOfPorts(left)) return false;
  const value = valueOf(left, packet);
  const isSame = value === undefined ? undefined : fits(value, right);
  if (isSame === undefined || !['==', '!=', 'in'].includes(op)) return undefined;
  return op === '!=' ? !isSame : isSame;
}

/** Protocols above IP, and their ports. */
function isOfPorts(left: Expression): boolean {
  const { meta, payload } = left as { meta?: Field; payload?: Field };
  const protocol = payload?.protocol ?? 'ip';
  return meta?.key === 'l4proto' || payload?.field === 'protocol' || !['ip', 'ip6', 'ether'].includes(protocol);
}

/** What the packet has there; undefined: not known. */
function valueOf(left: Expression, { source, destination, from, to }: Packet): string | undefined {
  const { meta, payload, ct } = left as { meta?: Field; payload?: Field; ct?: Field };
  if (meta?.key === 'iifname') return from;
  if (meta?.key === 'oifname') return to;
  if (meta?.key === 'nfproto') return 'ipv4';
  if (meta?.key === 'protocol') return 'ip';
  if (ct?.key === 'state') return 'new';
  // not translated, and no reply
  if (ct?.key === 'status') return 'none';
  if (payload?.protocol !== 'ip') return undefined;
  return payload.field === 'saddr' ? source : payload.field === 'daddr' ? destination : undefined;
}

interface Field {
  key?: string;
  protocol?: string;
  field?: string;
}

/** Undefined: not understood. */
function fits(value: string, right: Expression): boolean | undefined {
  if (Array.isArray(right)) return anyFits(value, right as Expression[]);
  if (typeof right === 'object') {
    const { prefix, set, range } = right as { prefix?: Prefix; set?: Expression[]; range?: [string, string] };
    if (set !== undefined) return anyFits(value, Array.isArray(set) ? set : [set]);
    if (prefix !== undefined) return isWithin(value, `${prefix.addr}/${prefix.len}`);
    if (range === undefined) return undefined;
    const [number, first, last] = [value, ...range].map((text) => parseAddress(text));
    if (number === undefined || first === undefined || last === undefined) return undefined;
    return number >= first && number <= last;
  }
  const text = String(right);
  if (text.startsWith('@')) return undefined;
  return text.endsWith('*') ? value.startsWith(text.slice(0, -1)) : value === text;
}

interface Prefix {
  addr: string;
  len: number;
}

function anyFits(value: string, all: Expression[]): boolean | undefined {
  const results = all.map((one) => fits(value, one));
  return results.includes(true) || (results.includes(undefined) ? undefined : false);
}

function isWithin(address: string, cidr: string): boolean | undefined {
  const [range, number] = [parseCIDR(cidr), parseAddress(address)];
  return range === undefined || number === undefined ? undefined : contains([range], number);
}
