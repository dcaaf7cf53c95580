import { type Data, type Edns, type Message, type Question, type Resource, types } from './message.ts';
import { FormatError, Reader } from './reader.ts';

/** Reads a message. Throws FormatError for anything that is not one. */
export function decode(bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const id = reader.short();
  const flags = reader.short();
  const counts = [reader.short(), reader.short(), reader.short(), reader.short()] as const;
  const questions = Array.from({ length: counts[0] }, () => question(reader));
  const found: { edns?: Edns; rcode: number } = { rcode: flags & 0x0f };
  const section = (count: number) => {
    const resources: Resource[] = [];
    for (let i = 0; i < count; i += 1) {
      const resource = readResource(reader, found);
      if (resource) resources.push(resource);
    }
    return resources;
  };
  const answers = section(counts[1]);
  const authorities = section(counts[2]);
  const additionals = section(counts[3]);
  return {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    rcode: found.rcode,
    questions,
    answers,
    authorities,
    additionals,
    edns: found.edns,
  };
}

function question(reader: Reader): Question {
  return { name: reader.name(), type: reader.short(), class: reader.short() };
}

/** undefined: it was the OPT pseudo record, which goes to `found`. */
function readResource(reader: Reader, found: { edns?: Edns; rcode: number }): Resource | undefined {
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
  const common = { name, class: recordClass, ttl };
  const data = readData(type, reader, length);
  if (reader.offset !== end) throw new FormatError(`data of a record of type ${type} has another length than it says`);
  return { ...common, ...data };
}

function readData(type: number, reader: Reader, length: number): Data | { type: number; unknown: Uint8Array } {
  switch (type) {
    case types.A:
      return { type, address: [...reader.take(4)].join('.') };
    case types.AAAA: {
      const groups = Array.from({ length: 8 }, () => reader.short().toString(16));
      return { type, address: groups.join(':') };
    }
    case types.CNAME:
    case types.PTR:
    case types.NS:
      return { type, target: reader.name() };
    case types.SRV:
      return { type, priority: reader.short(), weight: reader.short(), port: reader.short(), target: reader.name() };
    case types.TXT: {
      const end = reader.offset + length;
      const texts: string[] = [];
      while (reader.offset < end) texts.push(reader.take(reader.byte()).toString('latin1'));
      return { type, texts };
    }
    case types.SOA: {
      const [primary, mailbox] = [reader.name(), reader.name()];
      const [serial, refresh, retry] = [reader.long(), reader.long(), reader.long()];
      return { type, primary, mailbox, serial, refresh, retry, expire: reader.long(), minimum: reader.long() };
    }
    default:
      return { type, unknown: new Uint8Array(reader.take(length)) };
  }
}
