/** Protobuf's wire format: tagged fields, one after another. https://protobuf.dev/programming-guides/encoding/ */

export interface WireField {
  number: number;
  /** Of varints and fixed-width numbers. */
  bits: bigint;
  /** Of everything that has a length; empty otherwise. */
  bytes: Buffer;
}

const malformed = (why: string) => new RangeError(`protobuf: ${why}`);

function varint(buffer: Buffer, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = buffer[at + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at + index + 1 };
  }
  throw malformed('a number does not end');
}

/** The fields of a message. Throws RangeError for what is none. */
export function* wireFields(buffer: Buffer): Generator<WireField> {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > buffer.length - at) throw malformed('a field is longer than its message');
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const tag = varint(buffer, at);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const none = Buffer.alloc(0);
    switch (Number(tag.value & 7n)) {
      case 0: {
        const { value, next } = varint(buffer, at);
        at = next;
        yield { number, bits: value, bytes: none };
        break;
      }
      case 1:
        yield { number, bits: take(8).readBigUInt64LE(), bytes: none };
        break;
      case 2: {
        const { value, next } = varint(buffer, at);
        at = next;
        yield { number, bits: 0n, bytes: take(Number(value)) };
        break;
      }
      case 5:
        yield { number, bits: BigInt(take(4).readUInt32LE()), bytes: none };
        break;
      default:
        throw malformed('a field of an unknown type');
    }
  }
}
