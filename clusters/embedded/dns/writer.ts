import { keyOf, type Name } from './message.ts';

/** Compression pointers have 14 bits. */
const furthestPointer = 0x3fff;

/** Writes big-endian numbers and names into bytes that grow. */
export class Writer {
  #bytes = Buffer.alloc(512);
  length = 0;
  readonly #names = new Map<string, number>();

  byte(value: number): void {
    this.#room(1).writeUInt8(value, this.length - 1);
  }

  short(value: number): void {
    this.#room(2).writeUInt16BE(value, this.length - 2);
  }

  long(value: number): void {
    this.#room(4).writeUInt32BE(value, this.length - 4);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.length - bytes.length);
  }

  ipv4(address: string): void {
    this.raw(Uint8Array.from(address.split('.'), Number));
  }

  ipv6(address: string): void {
    for (const group of address.split(':')) this.short(Number.parseInt(group, 16));
  }

  texts(texts: string[]): void {
    for (const text of texts) {
      const bytes = Buffer.from(text, 'latin1');
      this.byte(bytes.length);
      this.raw(bytes);
    }
  }

  /** A name; what was written before is pointed to, unless it is not to be compressed. */
  name(name: Name, compress = true): void {
    for (let i = 0; i < name.length; i += 1) {
      // case matters here: a pointer must not change the case of a name that is echoed
      const suffix = name
        .slice(i)
        .map((label) => `${label.length}:${label}`)
        .join('');
      const known = this.#names.get(suffix);
      if (compress && known !== undefined) {
        this.short(0xc000 | known);
        return;
      }
      if (known === undefined && this.length <= furthestPointer) this.#names.set(suffix, this.length);
      const label = Buffer.from(name[i] as string, 'latin1');
      if (label.length === 0 || label.length > 63)
        throw new RangeError(`"${keyOf(name)}" has a label of ${label.length} bytes`);
      this.byte(label.length);
      this.raw(label);
    }
    this.byte(0);
  }

  /** Writes what `write` writes, behind its length in two bytes. */
  sized(write: () => void): void {
    this.short(0);
    const start = this.length;
    write();
    this.#bytes.writeUInt16BE(this.length - start, start - 2);
  }

  shortAt(offset: number, value: number): void {
    this.#bytes.writeUInt16BE(value, offset);
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length));
  }

  /** Goes back to `length`: what was written after it is forgotten, also as a target of pointers. */
  rewind(length: number): void {
    this.length = length;
    for (const [suffix, offset] of this.#names) if (offset >= length) this.#names.delete(suffix);
  }

  #room(size: number): Buffer {
    while (this.length + size > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    this.length += size;
    return this.#bytes;
  }
}
