import * as fc from 'fast-check';
import { inBlock } from '../../oracle/index.ts';

interface Block {
  cidr: string;
  except?: string[];
}

/** Bits of the prefix: one address, neighbours, a node's Pods, a cluster's, everybody. */
const prefixes = [32, 31, 30, 28, 26, 24, 20, 16, 8, 0];

/** The block of so many bits around an IPv4 address, as the API wants it: no bits beyond the prefix. */
function blockAround(ip: string, prefix: number): string {
  const size = 2 ** (32 - prefix);
  const number = ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const base = Math.floor(number / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;
}

const around = (addresses: string[], some: number[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...addresses), fc.constantFrom(...some)).map(([ip, prefix]) => blockAround(ip, prefix));

/** Blocks over the addresses of Pods. The API wants an exception to lie in its block and to be smaller. */
export const ipBlock = (addresses: string[]): fc.Arbitrary<Block> =>
  fc
    .tuple(around(addresses, prefixes), fc.array(around(addresses, prefixes.slice(0, -1)), { maxLength: 3 }))
    .map(([cidr, wanted]) => {
      const length = (block: string) => Number(block.split('/')[1]);
      const except = wanted.filter((one) => length(one) > length(cidr) && inBlock(one.split('/')[0] as string, cidr));
      return { cidr, ...(except.length > 0 && { except }) };
    });
