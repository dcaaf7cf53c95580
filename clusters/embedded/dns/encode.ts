import { type Edns, type Message, type Resource, types } from './message.ts';
import { Writer } from './writer.ts';

const optLength = 11;

/**
 * Writes a message of `limit` bytes at most. Records that do not fit are left out from the end, and the message says so (TC)
 * unless they are only additional ones (RFC 2181 section 9).
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
  if (message.edns) writeOpt(writer, message.edns, message.rcode);
  writer.shortAt(2, flags({ ...message, truncated }));
  return writer.bytes(writer.length);
}

function flags(message: Message): number {
  return (
    (message.response ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.rcode & 0x0f)
  );
}

function writeOpt(writer: Writer, { udpSize, version }: Edns, rcode: number): void {
  writer.byte(0);
  writer.short(types.OPT);
  writer.short(udpSize);
  writer.byte(rcode >> 4);
  writer.byte(version);
  writer.short(0);
  writer.short(0);
}

function writeResource(writer: Writer, resource: Resource): void {
  writer.name(resource.name);
  writer.short(resource.type);
  writer.short(resource.class);
  writer.long(resource.ttl);
  writer.sized(() => writeData(writer, resource));
}

function writeData(writer: Writer, data: Resource): void {
  if ('unknown' in data) return writer.raw(data.unknown);
  switch (data.type) {
    case types.A:
      return writer.raw(Uint8Array.from(data.address.split('.'), Number));
    case types.AAAA:
      for (const group of data.address.split(':')) writer.short(Number.parseInt(group, 16));
      return undefined;
    case types.CNAME:
    case types.PTR:
    case types.NS:
      return writer.name(data.target);
    case types.SRV:
      for (const value of [data.priority, data.weight, data.port]) writer.short(value);
      return writer.name(data.target, false);
    case types.TXT:
      for (const text of data.texts) {
        const bytes = Buffer.from(text, 'latin1');
        writer.byte(bytes.length);
        writer.raw(bytes);
      }
      return undefined;
    case types.SOA:
      writer.name(data.primary);
      writer.name(data.mailbox);
      for (const value of [data.serial, data.refresh, data.retry, data.expire, data.minimum]) writer.long(value);
      return undefined;
    default:
      throw new TypeError('a record of no type');
  }
}
