import { type Flag, fieldsOf, flags, type Message, type Resource, types } from './message.ts';
import { Writer } from './writer.ts';

const optLength = 11;

/**
 * Writes a message of `limit` bytes at most. Records that do not fit are left out from the end, and the message says so
 * (TC) unless they are only additional ones (RFC 2181 section 9).
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
