import type { Name } from './message.ts';

/** A message that breaks the format: answered with FORMERR where even that can be said. */
export class FormatError extends Error {
  override name = 'FormatError';
}

const longestName = 255;

/** Reads big-endian numbers and names, and throws FormatError at the end of the bytes. */
export class Reader {
  readonly #bytes: Buffer;
  offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  short(): number {
    return this.take(2).readUInt16BE(0);
  }

  long(): number {
    return this.take(4).readUInt32BE(0);
  }

  ipv4(): string {
    return this.take(4).join('.');
  }

  ipv6(): string {
    return Array.from({ length: 8 }, () => this.short().toString(16)).join(':');
  }

  /** Texts, each behind its length, up to the offset `end`. */
  texts(end: number): string[] {
    const texts: string[] = [];
    while (this.offset < end) texts.push(this.take(this.byte()).toString('latin1'));
    return texts;
  }

  take(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.#bytes.length)
      throw new FormatError(`${length} bytes wanted at ${this.offset} of ${this.#bytes.length}`);
    const part = this.#bytes.subarray(this.offset, end);
    this.offset = end;
    return part;
  }

  /** A name, following compression pointers. Each must point to before the last one, so that there is an end. */
  name(): Name {
    const labels: Name = [];
    let total = 1;
    let at = this.offset;
    let lowest = at;
    let jumped = false;
    for (;;) {
      const length = this.#bytes[at];
      if (length === undefined) throw new FormatError('a name runs past the end');
      if (length >= 0xc0) {
        const low = this.#bytes[at + 1];
        if (low === undefined) throw new FormatError('a name runs past the end');
        if (!jumped) this.offset = at + 2;
        jumped = true;
        at = ((length & 0x3f) << 8) | low;
        if (at >= lowest) throw new FormatError('a compression pointer points forward');
        lowest = at;
        continue;
      }
      if (length >= 0x40) throw new FormatError('a label of an unknown kind');
      at += 1;
      if (length === 0) break;
      total += length + 1;
      if (total > longestName) throw new FormatError('a name of more than 255 bytes');
      if (at + length > this.#bytes.length) throw new FormatError('a name runs past the end');
      labels.push(this.#bytes.toString('latin1', at, at + length));
      at += length;
    }
    if (!jumped) this.offset = at;
    return labels;
  }
}
