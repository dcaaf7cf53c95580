/**
 * IPv4 addresses as unsigned numbers, and sets of them as disjoint, sorted ranges. Everything that reaches the kernel
 * as text has been through here: what does not parse is `undefined`, never text that is passed on.
 */

/** First and last address, both included. */
export type Range = readonly [first: number, last: number];

const HIGHEST = 0xffffffff;

/**
 * `10.0.0.1` -> 167772161. Undefined for anything else, IPv6 included. Leading zeros are decimal, as the API server
 * reads them (ParseIPSloppy:
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/third_party/forked/golang/net/ip.go).
 */
export function parseAddress(text: string): number | undefined {
  if (!/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(text)) return undefined;
  let address = 0;
  let byte = 0;
  // by hand: tens of thousands are read at once. The code beyond the end is NaN, and ends the last byte as a dot does
  // the others
  for (let index = 0; index <= text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48) byte = byte * 10 + code - 48;
    else {
      if (byte > 255) return undefined;
      address = address * 256 + byte;
      byte = 0;
    }
  }
  return address;
}

export function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The address in its one spelling (the very text, if that is it), or undefined if it is no IPv4 address. */
export function canonicalAddress(text: string | undefined): string | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined) return undefined;
  const canonical = formatAddress(address);
  return canonical === text ? text : canonical;
}

/** `10.0.0.0/24` -> its range; bits beyond the prefix are ignored. Undefined for anything else, IPv6 included. */
export function parseCIDR(text: string): Range | undefined {
  const [base = '', length = '', ...rest] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/** The same addresses, sorted, with ranges that overlap or touch made one. */
export function merge(ranges: Iterable<Range>): Range[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Addresses of `ranges` that are in none of `holes`; merged. */
export function subtract(ranges: Iterable<Range>, holes: Iterable<Range>): Range[] {
  const sortedHoles = merge(holes);
  return merge(ranges).flatMap(([start, end]) => {
    const left: Range[] = [];
    let from = start;
    for (const [first, last] of sortedHoles) {
      if (last < from) continue;
      if (first > end) break;
      if (first > from) left.push([from, first - 1]);
      from = last + 1;
    }
    if (from <= end) left.push([from, end]);
    return left;
  });
}

export function contains(ranges: Iterable<Range>, address: number): boolean {
  for (const [first, last] of ranges) if (first <= address && address <= last) return true;
  return false;
}

/** `10.0.0.0-10.0.0.255`, or `10.0.0.1` when it is one address. */
export function formatRange([first, last]: Range): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

/** The inverse of formatRange. */
export function parseRange(text: string): Range | undefined {
  const [from = '', to = from, ...rest] = text.split('-');
  const first = parseAddress(from);
  const last = parseAddress(to);
  return first === undefined || last === undefined || first > last || rest.length > 0 ? undefined : [first, last];
}

/** CIDRs as text, those that are not IPv4 left out. */
export function parseCIDRs(texts: Iterable<string>): Range[] {
  return [...texts].map(parseCIDR).filter((range) => range !== undefined);
}

export const everything: Range = [0, HIGHEST];
