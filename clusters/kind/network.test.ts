import assert from 'node:assert/strict';
import { it } from 'node:test';
import { assert as check, nat, property, uniqueArray } from 'fast-check';
import { freeSubnet, routesIn, subnet } from './network.ts';

it('gives nodes addresses that stay, after the gateway', () => {
  const { cidr, gateway, node } = subnet(3);
  assert.deepEqual([cidr, gateway, node(0), node(19)], ['10.201.3.0/24', '10.201.3.1', '10.201.3.2', '10.201.3.21']);
});

it('takes the first subnet that nobody uses', () => {
  assert.equal(freeSubnet([]).cidr, '10.201.0.0/24');
  assert.equal(freeSubnet(['172.17.0.0/16', '0.0.0.0/0', 'fd00::/64']).cidr, '10.201.0.0/24');
  assert.equal(freeSubnet(['10.201.0.0/24', '10.201.1.128/25', '10.201.2.7']).cidr, '10.201.3.0/24');
  assert.equal(freeSubnet(['10.201.0.0/17']).cidr, '10.201.128.0/24');
  assert.throws(() => freeSubnet(['10.0.0.0/8']), /no free subnet/);
});

it('never takes one that is taken', () => {
  check(
    property(uniqueArray(nat(255), { maxLength: 255 }), (used) => {
      const taken = used.map((n) => subnet(n).cidr);
      assert.ok(!taken.includes(freeSubnet(taken).cidr));
    }),
  );
});

it("reads the kernel's routes", () => {
  const text = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t0000C90A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
  assert.deepEqual(routesIn(text), ['0.0.0.0/0', '192.168.2.0/24', '10.201.0.0/16']);
  assert.deepEqual(routesIn(''), []);
});
