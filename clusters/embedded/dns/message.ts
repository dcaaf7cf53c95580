/**
 * DNS messages as values. RFC 1035 section 4, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS). The codec is our own:
 * npm's dns-packet does not compress the names that it writes, and does not truncate.
 */

/** Labels from the left, without the root: `['www', 'example', 'org']`. Case is kept; comparing ignores it. */
export type Name = string[];

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, ANY: 255 } as const;
export const classIn = 1;
export const classAny = 255;
export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

/** The types of fields of data. Reader and Writer have a method for each. */
interface Values {
  short: number;
  long: number;
  name: Name;
  ipv4: string;
  /** Eight groups of hexadecimal digits, none left out. */
  ipv6: string;
  texts: string[];
}

const target = { target: 'name' } as const;

/** The fields of each type's data, in their order on the wire. */
const formats = {
  [types.A]: { address: 'ipv4' },
  [types.AAAA]: { address: 'ipv6' },
  [types.CNAME]: target,
  [types.PTR]: target,
  [types.NS]: target,
  [types.SRV]: { priority: 'short', weight: 'short', port: 'short', target: 'name' },
  [types.TXT]: { texts: 'texts' },
  [types.SOA]: {
    primary: 'name',
    mailbox: 'name',
    serial: 'long',
    refresh: 'long',
    retry: 'long',
    expire: 'long',
    minimum: 'long',
  },
} as const;

type Formats = typeof formats;

export interface Alias {
  type: typeof types.CNAME | typeof types.PTR | typeof types.NS;
  target: Name;
}

type Others = Exclude<keyof Formats, Alias['type']>;

/** The data of a record with its type: `{ type: types.A, address: '10.0.0.1' }`. */
export type Data =
  | Alias
  | {
      [T in Others]: { type: T } & { -readonly [F in keyof Formats[T]]: Values[Formats[T][F] & keyof Values] };
    }[Others];

/** Names and formats of a type's fields; undefined for a type that this codec does not know. */
export function fieldsOf(type: number): [string, keyof Values][] | undefined {
  const format = formats[type as keyof Formats] as Record<string, keyof Values> | undefined;
  return format && Object.entries(format);
}

/** Bits of the header that are fields of a message. */
export const flags = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
} as const;

export type Flag = keyof typeof flags;

/** `unknown`: of a type that this codec does not know, with its data as it came. */
export type Resource = { name: Name; class: number; ttl: number } & (Data | { type: number; unknown: Uint8Array });

export interface Message extends Record<Flag, boolean> {
  id: number;
  opcode: number;
  /** With the upper bits that EDNS adds. */
  rcode: number;
  questions: { name: Name; type: number; class: number }[];
  answers: Resource[];
  authorities: Resource[];
  /** Without OPT, which is `edns`. */
  additionals: Resource[];
  /** `udpSize`: of the largest UDP message that the sender takes. */
  edns: { udpSize: number; version: number } | undefined;
}

/** For comparing names: lower case, joined. A dot inside a label is escaped. */
export const keyOf = (name: Name): string =>
  name.map((label) => label.toLowerCase().replaceAll('\\', '\\\\').replaceAll('.', '\\.')).join('.');

/** Labels of a name in text form, with or without the dot at its end. */
export const nameOf = (text: string): Name => text.split('.').filter((label) => label !== '');
