import { type Flag, fieldsOf, flags, type Message, type Name, type Resource, types } from './message.ts';

/** A message that breaks the format: answered with FORMERR where even that can be said. */
export class FormatError extends Error {
  override name = 'FormatError';
}

const longestName = 255;

/** Reads big-endian numbers and names, and throws FormatError at the end of the bytes. */
class Reader {
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
    let lowest = this.offset;
    let behindPointer: number | undefined;
    for (;;) {
      const length = this.byte();
      if (length === 0) break;
      if (length >= 0xc0) {
        const at = ((length & 0x3f) << 8) | this.byte();
        behindPointer ??= this.offset;
        if (at >= lowest) throw new FormatError('a compression pointer points forward');
        lowest = at;
        this.offset = at;
      } else if (length < 0x40) {
        total += length + 1;
        if (total > longestName) throw new FormatError('a name of more than 255 bytes');
        labels.push(this.take(length).toString('latin1'));
      } else throw new FormatError('a label of an unknown kind');
    }
    this.offset = behindPointer ?? this.offset;
    return labels;
  }
}

/** Reads a message. Throws FormatError for anything that is not one. */
export function decode(bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const id = reader.short();
  const header = reader.short();
  const counts = [reader.short(), reader.short(), reader.short(), reader.short()] as const;
  const found: Found = { edns: undefined, rcode: header & 0x0f };
  const section = (count: number) =>
    Array.from({ length: count }, () => readResource(reader, found)).filter((each) => each !== undefined);
  const flagged = Object.entries(flags).map(([name, bit]) => [name, (header & bit) !== 0]);
  return {
    ...(Object.fromEntries(flagged) as Record<Flag, boolean>),
    id,
    opcode: (header >> 11) & 0x0f,
    questions: Array.from({ length: counts[0] }, () => ({
      name: reader.name(),
      type: reader.short(),
      class: reader.short(),
    })),
    answers: section(counts[1]),
    authorities: section(counts[2]),
    additionals: section(counts[3]),
    // read with the records
    ...found,
  };
}

type Found = Pick<Message, 'edns' | 'rcode'>;

/** undefined: it was the OPT pseudo record, which goes to `found`. */
function readResource(reader: Reader, found: Found): Resource | undefined {
  const name = reader.name();
  const type = reader.short();
  const recordClass = reader.short();
  const ttl = reader.long();
  const length = reader.short();
  const end = reader.offset + length;
  if (type === types.OPT) {
    if (found.edns || name.length > 0) throw new FormatError('a second OPT record, or one with a name');
    // RFC 6891 6.1.3: the class is the size, the TTL the upper bits of the code, the version and flags
    found.edns = { udpSize: recordClass, version: (ttl >> 16) & 0xff };
    found.rcode |= (ttl >>> 24) << 4;
    reader.take(length);
    return undefined;
  }
  const fields = fieldsOf(type);
  const data = fields
    ? Object.fromEntries(fields.map(([field, format]) => [field, reader[format](end)]))
    : { unknown: new Uint8Array(reader.take(length)) };
  if (reader.offset !== end) throw new FormatError(`data of a record of type ${type} has another length than it says`);
  return { name, class: recordClass, ttl, type, ...data } as Resource;
}
