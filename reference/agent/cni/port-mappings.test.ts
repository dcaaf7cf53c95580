import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portMappings } from './port-mappings.ts';

test('port mappings are read as the conventions spell them, and as containerd does', () => {
  const expected = [{ hostPort: 8099, containerPort: 8080, protocol: 'TCP' }];
  const conventional = { hostPort: 8099, containerPort: 8080, protocol: 'tcp' };
  const containerd = { HostPort: 8099, ContainerPort: 8080, Protocol: 'tcp', HostIP: '' };
  assert.deepEqual(portMappings({ portMappings: [conventional] }), expected);
  assert.deepEqual(portMappings({ portMappings: [containerd, { HostPort: 0, ContainerPort: 1 }] }), expected);
  assert.deepEqual(portMappings({ portMappings: [{ ...containerd, HostIP: '10.0.0.1' }] }), [
    { ...expected[0], hostIP: '10.0.0.1' },
  ]);
});

test('no capability means no ports; IPv6 is not for netvet; what is no mapping is refused', () => {
  assert.deepEqual(portMappings(undefined), []);
  assert.deepEqual(portMappings({ portMappings: [{ HostPort: 1, ContainerPort: 2, HostIP: '::1' }] }), []);
  for (const bad of [
    { HostPort: 70_000, ContainerPort: 1 },
    { HostPort: 1 },
    { HostPort: 1, ContainerPort: 1, Protocol: 'icmp' },
  ]) {
    assert.throws(() => portMappings({ portMappings: [bad] }), { code: 7 });
  }
  assert.throws(() => portMappings({ portMappings: 'all' }), { code: 7 });
});
