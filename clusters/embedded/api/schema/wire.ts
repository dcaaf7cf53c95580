/** Protobuf's wire format: tagged fields, one after another. https://protobuf.dev/programming-guides/encoding/ */

export interface WireField {
  number: number;
  /** Of varints and fixed-width numbers. */
  bits: bigint;
  /** Of everything that has a length; empty otherwise. */
  bytes: Buffer;
}

const malformed = (why: string) => new RangeError(`protobuf: ${why}`);

/** The fields of a message. Throws RangeError for what is none. */
export function* wireFields(buffer: Buffer): Generator<WireField> {
  let at = 0;
  function take(length: number): Buffer {
    if (length > buffer.length - at) throw malformed('a field is longer than its message');
    at += length;
    return buffer.subarray(at - length, at);
  }
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < buffer.length; shift += 7n) {
      const byte = buffer[at] as number;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('a number does not end');
  }
  const bytes = Buffer.alloc(0);
  while (at < buffer.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) yield { number, bits: varint(), bytes };
    else if (type === 1) yield { number, bits: take(8).readBigUInt64LE(), bytes };
    else if (type === 2) yield { number, bits: 0n, bytes: take(Number(varint())) };
    else if (type === 5) yield { number, bits: BigInt(take(4).readUInt32LE()), bytes };
    else throw malformed('a field of an unknown type');
  }
}
