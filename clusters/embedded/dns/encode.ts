import { type Flag, fieldsOf, flags, keyOf, type Message, type Name, type Resource, types } from './message.ts';

/** Compression pointers have 14 bits. */
const furthestPointer = 0x3fff;

/** Writes big-endian numbers and names into bytes that grow. */
class Writer {
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

const optLength = 11;

/**
 * Writes at most `limit` bytes. Records that do not fit are left out from the end; the message says so (TC) unless they
 * are only additional ones (RFC 2181 section 9).
 */
export function encode(message: Message, limit = 65_535): Buffer {
  const writer = new Writer();
  writer.short(message.id);
  writer.short(0); // flags, below
  writer.short(message.questions.length);
  for (let i = 0; i < 3; i += 1) writer.short(0); // counts of records, below
  for (const { name, type, class: questionClass } of message.questions) {
    writer.name(name);
    writer.short(type);
    writer.short(questionClass);
  }

  const room = limit - (message.edns ? optLength : 0);
  let truncated = message.truncated;
  let full = false;
  const sections = [message.answers, message.authorities, message.additionals];
  for (const [i, section] of sections.entries()) {
    let written = 0;
    for (const resource of full ? [] : section) {
      const before = writer.length;
      writeResource(writer, resource);
      if (writer.length > room) {
        writer.rewind(before);
        full = true;
        break;
      }
      written += 1;
    }
    if (written < section.length && section !== message.additionals) truncated = true;
    writer.shortAt(6 + 2 * i, written + (section === message.additionals && message.edns ? 1 : 0));
  }
  if (message.edns) {
    const { udpSize, version } = message.edns;
    // RFC 6891 6.1.3: the class is the size, the TTL the upper bits of the code and the version
    const ttl = (((message.rcode >> 4) << 24) | (version << 16)) >>> 0;
    writeResource(writer, { name: [], type: types.OPT, class: udpSize, ttl, unknown: new Uint8Array() });
  }
  let header = (message.opcode << 11) | (message.rcode & 0x0f);
  for (const [name, bit] of Object.entries(flags))
    if (name === 'truncated' ? truncated : message[name as Flag]) header |= bit;
  writer.shortAt(2, header);
  return writer.bytes();
}

function writeResource(writer: Writer, resource: Resource): void {
  writer.name(resource.name);
  writer.short(resource.type);
  writer.short(resource.class);
  writer.long(resource.ttl);
  writer.sized(() => {
    if ('unknown' in resource) return writer.raw(resource.unknown);
    const values = resource as unknown as Record<string, never>;
    // targets of SRV are written in full: RFC 2782
    const compress = resource.type !== types.SRV;
    for (const [field, format] of fieldsOf(resource.type) ?? []) writer[format](values[field] as never, compress);
  });
}
