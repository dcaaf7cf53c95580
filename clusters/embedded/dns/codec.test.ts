import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decode, FormatError } from './decode.ts';
import { encode } from './encode.ts';
import { type Message, nameOf, type Resource, types } from './message.ts';

/** Plain objects, as the codec makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });
const short = fc.integer({ min: 0, max: 65_535 });
const long = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const label = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
// few different labels, so that names share their ends and are compressed
const name = fc.array(fc.oneof(label, fc.constantFrom('a', 'A', 'b', 'svc', 'cluster', 'local')), { maxLength: 8 });
const text = fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const address = fc.ipV4();
const address6 = fc
  .array(short, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));

const data = fc.oneof(
  record({ type: fc.constant(types.A), address }),
  record({ type: fc.constant(types.AAAA), address: address6 }),
  record({ type: fc.constantFrom(types.CNAME, types.PTR, types.NS), target: name }),
  record({ type: fc.constant(types.SRV), priority: short, weight: short, port: short, target: name }),
  record({ type: fc.constant(types.TXT), texts: fc.array(text, { maxLength: 3 }) }),
  record({
    type: fc.constant(types.SOA),
    primary: name,
    mailbox: name,
    serial: long,
    refresh: long,
    retry: long,
    expire: long,
    minimum: long,
  }),
  record({ type: fc.integer({ min: 256, max: 65_535 }), unknown: fc.uint8Array({ maxLength: 40 }) }),
);
const resource: fc.Arbitrary<Resource> = fc
  .tuple(record({ name, class: short, ttl: long }), data)
  .map(([common, rest]) => ({ ...common, ...rest }));

const message: fc.Arbitrary<Message> = record({
  id: short,
  response: fc.boolean(),
  opcode: fc.integer({ min: 0, max: 15 }),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  rcode: fc.integer({ min: 0, max: 15 }),
  questions: fc.array(record({ name, type: short, class: short }), { maxLength: 2 }),
  answers: fc.array(resource, { maxLength: 6 }),
  authorities: fc.array(resource, { maxLength: 2 }),
  additionals: fc.array(resource, { maxLength: 3 }),
  edns: fc.option(record({ udpSize: short, version: fc.integer({ min: 0, max: 255 }) }), { nil: undefined }),
}).chain((whole) => fc.integer({ min: 0, max: whole.edns ? 4095 : 15 }).map((rcode) => ({ ...whole, rcode })));

test('what is written is read back the same', () => {
  fc.assert(fc.property(message, (given) => assert.deepEqual(decode(encode(given)), given)));
});

test('a message cut to any size is a message: a prefix of the records, and TC where an answer is missing', () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 0, max: 1500 }), (given, limit) => {
      const bare = encode({ ...given, answers: [], authorities: [], additionals: [] }).length;
      const bytes = encode(given, limit);
      assert.ok(bytes.length <= Math.max(limit, bare));
      const read = decode(bytes);
      assert.deepEqual(read.answers, given.answers.slice(0, read.answers.length));
      assert.deepEqual(read.questions, given.questions);
      assert.deepEqual(read.edns, given.edns);
      const missing = read.answers.length < given.answers.length || read.authorities.length < given.authorities.length;
      assert.equal(read.truncated, missing || given.truncated);
    }),
  );
});

test('bytes that are no message are refused as such, and never loop', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decode(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 0, max: 255 }), (given, at, value) => {
      const bytes = encode(given);
      bytes[at % bytes.length] = value;
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a name that points at itself, or in a circle, is refused', () => {
  const header = '000100000001000000000000';
  for (const body of ['c00c00010001', 'c00e00010001c00c', '01610161c00c00010001', 'ff', '40', 'c0']) {
    assert.throws(() => decode(Buffer.from(header + body, 'hex')), FormatError, body);
  }
});

test('names that were written before are pointed to, except by SRV', () => {
  const owner = nameOf('web.shop.svc.cluster.local');
  const base: Message = {
    id: 1,
    response: true,
    opcode: 0,
    authoritative: true,
    truncated: false,
    recursionDesired: false,
    recursionAvailable: false,
    rcode: 0,
    questions: [{ name: owner, type: types.A, class: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
    edns: undefined,
  };
  const cost = (added: Resource) => encode({ ...base, answers: [added] }).length - encode(base).length;
  assert.equal(cost({ name: owner, class: 1, ttl: 5, type: types.A, address: '10.0.0.1' }), 16);
  const srv = { type: types.SRV, priority: 0, weight: 1, port: 80 };
  assert.equal(cost({ name: owner, class: 1, ttl: 5, ...srv, target: owner }), 12 + 6 + 28);
});
