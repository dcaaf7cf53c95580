/** DNS messages as values. RFC 1035 section 4, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS). */

/** Labels from the left, without the root: `['www', 'example', 'org']`. Case is kept; comparing ignores it. */
export type Name = string[];

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, ANY: 255 } as const;
export const classIn = 1;
export const classAny = 255;
export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;

export interface Question {
  name: Name;
  type: number;
  class: number;
}

export type Data =
  | { type: typeof types.A; address: string }
  /** Eight groups of hexadecimal digits, none left out. */
  | { type: typeof types.AAAA; address: string }
  | { type: typeof types.CNAME | typeof types.PTR | typeof types.NS; target: Name }
  | { type: typeof types.SRV; priority: number; weight: number; port: number; target: Name }
  | { type: typeof types.TXT; texts: string[] }
  | {
      type: typeof types.SOA;
      primary: Name;
      mailbox: Name;
      serial: number;
      refresh: number;
      retry: number;
      expire: number;
      minimum: number;
    };

/** `unknown`: of a type that this codec does not know, with its data as it came. */
export type Resource = { name: Name; class: number; ttl: number } & (Data | { type: number; unknown: Uint8Array });

export interface Edns {
  /** The largest UDP message that the sender takes. */
  udpSize: number;
  version: number;
}

export interface Message {
  id: number;
  response: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  /** With the upper bits that EDNS adds. */
  rcode: number;
  questions: Question[];
  answers: Resource[];
  authorities: Resource[];
  /** Without OPT, which is `edns`. */
  additionals: Resource[];
  edns: Edns | undefined;
}

/** For comparing names: lower case, joined. A dot inside a label is escaped. */
export const keyOf = (name: Name): string =>
  name.map((label) => label.toLowerCase().replaceAll('\\', '\\\\').replaceAll('.', '\\.')).join('.');

/** Labels of a name in text form, with or without the dot at its end. */
export const nameOf = (text: string): Name => text.split('.').filter((label) => label !== '');
