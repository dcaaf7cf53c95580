import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { formatAddress, parseAddress, parseCIDR } from '../../model/cidr.ts';
import { namesIn, readIfThere } from '../node.ts';

/** Who has an address. */
export interface Lease {
  address: string;
  containerId: string;
  ifname: string;
}

/**
 * Addresses of Pods, kept in host-local's file format (containernetworking/plugins,
 * plugins/ipam/host-local/backend/disk): one file an address, made with O_EXCL, holding the container and the
 * interface; the last address given in `last_reserved_ip.0`. So operators' habits and tools work, and a node can change
 * to host-local and back. host-local's `lock` file is not taken: its flock is out of Node's reach, and there is one
 * agent a node (see lock.ts), which works through this class.
 */
export class Leases {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Takes the next free address after the one given last, and comes round: an address rests as long as possible before
   * it is used again. Undefined when the range is used up. Network and broadcast address are not given away.
   */
  reserve(range: string, containerId: string, ifname: string): string | undefined {
    mkdirSync(this.#directory, { recursive: true });
    const { first, count } = usable(range);
    const last = (parseAddress(readIfThere(this.#file('last_reserved_ip.0'))?.trim() ?? '') ?? -1) - first;
    const start = last >= 0 && last < count ? last + 1 : 0;
    for (let step = 0; step < count; step += 1) {
      const address = formatAddress(first + ((start + step) % count));
      if (!this.#create(address, `${containerId}\r\n${ifname}`)) continue;
      try {
        writeFileSync(this.#file('last_reserved_ip.0'), address, { mode: 0o600 });
      } catch (error) {
        rmSync(this.#file(address));
        throw error;
      }
      return address;
    }
    return undefined;
  }

  /** Takes this very address. False if somebody has it, be it this attachment. */
  take(address: string, containerId: string, ifname: string): boolean {
    mkdirSync(this.#directory, { recursive: true });
    return this.#create(address, `${containerId}\r\n${ifname}`);
  }

  /** Frees an address if it still belongs to this attachment: it may have been given to another since. */
  release(address: string, containerId: string, ifname: string): void {
    const lease = this.read(address);
    if (lease?.containerId === containerId && lease.ifname === ifname) rmSync(this.#file(address), { force: true });
  }

  /** Who has an address. */
  read(address: string): Lease | undefined {
    // host-local trims too: files written by hand may end in a line break; old ones have no interface
    const lines = readIfThere(this.#file(address))?.trim().split(/\r?\n/);
    return lines && { address, containerId: lines[0]?.trim() ?? '', ifname: lines[1]?.trim() ?? '' };
  }

  list(): Lease[] {
    return this.#names().flatMap((address) => this.read(address) ?? []);
  }

  /** How many addresses of the range are free. */
  free(range: string): number {
    const { first, count } = usable(range);
    const taken = this.#names().map((name) => (parseAddress(name) ?? 0) - first);
    return count - taken.filter((offset) => offset >= 0 && offset < count).length;
  }

  /** False if somebody has it. A file that could not be filled is taken back. */
  #create(address: string, content: string): boolean {
    try {
      writeFileSync(this.#file(address), content, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (syscall !== 'open') rmSync(this.#file(address), { force: true });
      throw error;
    }
  }

  #names(): string[] {
    return namesIn(this.#directory).filter((name) => /^\d+(\.\d+){3}$/.test(name));
  }

  #file(name: string): string {
    return `${this.#directory}/${name}`;
  }
}

/** First usable address as a number, and how many there are. None for /31 and /32, as in host-local. */
function usable(range: string): { first: number; count: number } {
  const [network, broadcast] = parseCIDR(range) ?? [0, 0];
  return { first: network + 1, count: Math.max(broadcast - network - 1, 0) };
}
