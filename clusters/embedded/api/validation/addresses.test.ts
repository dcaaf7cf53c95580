import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { contains, endpointAddress, parseAddress, parseCidr } from './addresses.ts';

const cidr = (text: string) => {
  const parsed = parseCidr(text);
  assert.ok(parsed, text);
  return parsed;
};
const address = (text: string) => {
  const parsed = parseAddress(text);
  assert.ok(parsed, text);
  return parsed;
};

test('what Node takes for an address is one here too, and contains what Node says it contains', () => {
  const families: [fc.Arbitrary<string>, number, 'ipv4' | 'ipv6'][] = [
    [fc.ipV4(), 32, 'ipv4'],
    [fc.ipV6().filter((each) => !/^::ffff:/i.test(each) && isIP(each) === 6), 128, 'ipv6'],
  ];
  for (const [addresses, most, family] of families)
    fc.assert(
      fc.property(addresses, addresses, fc.integer({ min: 1, max: most }), (base, other, prefix) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        assert.equal(
          contains(cidr(`${base}/${prefix}`), address(other)),
          list.check(other, family),
          `${base}/${prefix} ${other}`,
        );
        assert.ok(contains(cidr(`${base}/${prefix}`), address(base)));
      }),
    );
});

test('older fields let through what Go once let through, and nothing else', () => {
  for (const text of [
    '1.2.3.4',
    '010.002.003.004',
    '::',
    '::1',
    '2001:DB8::1',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:7:8',
    '::1.2.3.4',
  ])
    assert.ok(parseAddress(text), text);
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.x',
    ' 1.2.3.4',
    '1.2.3.4 ',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '12345::',
  ])
    assert.equal(parseAddress(text), undefined, text);
  for (const text of ['10.0.0.0/8', '10.1.2.3/08', '0.0.0.0/0', '::/0', '2001:db8::/32', '::ffff:10.0.0.0/104'])
    assert.ok(parseCidr(text), text);
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/8/8',
    '10.0.0.0/+8',
    '10.0.0.0/8x',
  ])
    assert.equal(parseCidr(text), undefined, text);
});

test('no text breaks the parsers', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:./%]{0,24}$/)), (text) => {
      parseAddress(text);
      parseCidr(text);
    }),
  );
});

test('an endpoint is no address that means something else', () => {
  for (const text of [
    '0.0.0.0',
    '::',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '169.254.1.1',
    'fe80::1',
    '224.0.0.5',
    'ff02::1',
    'x',
  ])
    assert.equal(endpointAddress(text).length, 1, text);
  for (const text of ['10.0.0.1', '2001:db8::1', '224.0.1.1', '169.253.1.1'])
    assert.deepEqual(endpointAddress(text), [], text);
});
