import { type Edns, type Flag, fieldsOf, flags, type Message, type Resource, types } from './message.ts';
import { FormatError, Reader } from './reader.ts';

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
    questions: Array.from({ length: counts[0] }, () => question(reader)),
    answers: section(counts[1]),
    authorities: section(counts[2]),
    additionals: section(counts[3]),
    // read with the records
    ...found,
  };
}

const question = (reader: Reader) => ({ name: reader.name(), type: reader.short(), class: reader.short() });

interface Found {
  edns: Edns | undefined;
  rcode: number;
}

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
