/** Cuts an IPv4 range into blocks: `10.244.0.0/16` by 25 gives `10.244.0.0/25`, `10.244.0.128/25` and so on. */
export function blocksOf(cidr: string, prefix: number): string[] {
  const [address = '', length = '32'] = cidr.split('/');
  const base = address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  return Array.from({ length: 2 ** Math.max(0, prefix - Number(length)) }, (_, i) => {
    const start = base + i * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${prefix}`;
  });
}
