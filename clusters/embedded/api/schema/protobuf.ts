/**
 * Kubernetes objects in protobuf, which Go's typed clients send for built-in kinds (client-go 0.34 and later).
 * What is read becomes what the same client would have sent as JSON. Answers are always JSON, which they accept.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 *
 * numbers.json, which schema.test.ts makes of the API's Go source, has a text for each type, `replicas*=1 template=3`:
 * a star marks a pointer, whose zero means zero and not absent; `...core.VolumeSource=2` is a message whose fields
 * stand in this type as if they were its own.
 */
import { set } from '../json.ts';
import numbers from './numbers.json' with { type: 'json' };
import { type Field, fieldsOf, structName, structs } from './schema.ts';

/** A field of a message in the wire format: https://protobuf.dev/programming-guides/encoding/ */
interface WireField {
  number: number;
  /** Of varints and fixed-width numbers. */
  bits: bigint;
  /** Of everything that has a length; empty otherwise. */
  bytes: Buffer;
}

const malformed = (why: string) => new RangeError(`protobuf: ${why}`);

/** The fields of a message. Throws RangeError for what is none. */
function* wireFields(buffer: Buffer): Generator<WireField> {
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

const magic = Buffer.from('k8s\0');

interface Numbered {
  name: string;
  field: Field;
  /** A pointer's zero is sent because somebody set it; other zeros are sent always. */
  pointer: boolean;
}

const tables = new Map<string, Map<number, Numbered | string>>();

/** Field number -> the field, or the name of a message whose fields stand in this one. */
function tableOf(message: string, owner: string): Map<number, Numbered | string> {
  const key = `${owner} ${message}`;
  let table = tables.get(key);
  if (!table) {
    const fields = fieldsOf(owner);
    const text = (numbers as Record<string, string>)[message] ?? '';
    table = new Map();
    for (const each of text.split(' ').filter(Boolean)) {
      const [label = '', number] = each.split('=');
      const name = label.replace('*', '');
      const field = fields.get(name);
      if (label.startsWith('...')) table.set(Number(number), label.slice(3));
      else if (field) table.set(Number(number), { name, field, pointer: label.endsWith('*') });
    }
    tables.set(key, table);
  }
  return table;
}

const signed = (bits: bigint): number => Number(BigInt.asIntN(64, bits));

/** The field with this number of a small message. */
const part = (bytes: Buffer, wanted: number): WireField | undefined =>
  [...wireFields(bytes)].findLast(({ number }) => number === wanted);

const textOf = (bytes: Buffer, wanted: number): string => part(bytes, wanted)?.bytes.toString('utf8') ?? '';

function time(bytes: Buffer, micro: boolean): string | undefined {
  const seconds = part(bytes, 1);
  if (!seconds) return undefined;
  const nanos = Number(part(bytes, 2)?.bits ?? 0n);
  const date = new Date(signed(seconds.bits) * 1000).toISOString().slice(0, 19);
  return micro ? `${date}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z` : `${date}Z`;
}

function scalar(type: string, { bits, bytes }: WireField): unknown {
  switch (type) {
    case 'boolean':
      return bits !== 0n;
    case 'int32':
    case 'int64':
      return signed(bits);
    case 'double':
      return new Float64Array(BigUint64Array.of(bits).buffer)[0];
    case 'time':
    case 'microtime':
      return time(bytes, type === 'microtime');
    case 'quantity':
      return part(bytes, 1) ? textOf(bytes, 1) : '0';
    case 'intstr':
      return part(bytes, 1)?.bits === 1n ? textOf(bytes, 3) : signed(part(bytes, 2)?.bits ?? 0n);
    case 'bytes':
      return bytes.toString('base64');
    case 'any':
      return JSON.parse(textOf(bytes, 1) || 'null') as unknown;
    default:
      return bytes.toString('utf8');
  }
}

const value = (field: Field, wire: WireField): unknown =>
  field.kind === 'struct' ? message(wire.bytes, field.type, field.type, {}) : scalar(field.type, wire);

type Json = Record<string, unknown>;

/** Reads one message of type `name` into `target`, whose fields are those of `owner`. */
function message(bytes: Buffer, name: string, owner: string, target: Json): Json {
  const table = tableOf(name, owner);
  for (const wire of wireFields(bytes)) {
    const known = table.get(wire.number);
    if (known === undefined) continue;
    if (typeof known === 'string') {
      message(wire.bytes, known, owner, target);
      continue;
    }
    const { name: key, field, pointer } = known;
    if (field.kind === 'list') ((target[key] ??= []) as unknown[]).push(value(field.item as Field, wire));
    else if (field.kind === 'map') {
      const empty = { number: 2, bits: 0n, bytes: Buffer.alloc(0) };
      const item = value(field.item as Field, part(wire.bytes, 2) ?? empty);
      set((target[key] ??= {}) as Json, textOf(wire.bytes, 1), item);
    } else {
      const read = value(field, wire);
      const zero = read === '' || read === false || (read === 0 && field.type !== 'intstr');
      if (read !== undefined && (pointer || !zero)) target[key] = read;
    }
  }
  return target;
}

/** The object in the envelope that says what it is. Throws RangeError for what is malformed or of an unknown type. */
export function decodeProtobuf(body: Buffer): unknown {
  if (!body.subarray(0, 4).equals(magic)) throw new RangeError('protobuf: the body does not begin with k8s');
  const envelope = body.subarray(4);
  const type = part(envelope, 1)?.bytes ?? Buffer.alloc(0);
  const apiVersion = textOf(type, 1);
  const kind = textOf(type, 2);
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
  // options are of every group, and defined once
  const struct = kind.endsWith('Options') ? `meta.${kind}` : structName({ group, kind });
  if (!structs.includes(struct)) throw new RangeError(`protobuf: no type ${apiVersion}, Kind=${kind} is known here`);
  const raw = part(envelope, 2)?.bytes ?? Buffer.alloc(0);
  return message(raw, struct, struct, { apiVersion, kind });
}
