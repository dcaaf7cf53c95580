import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttachment } from './fixtures.ts';
import { hostPorts } from './hostports.ts';
import type { PortMapping } from './types.ts';

const attached = (id: string, ip: string, ...portMappings: PortMapping[]) => anAttachment(id, ip, { portMappings });
const web = (more: Partial<PortMapping> = {}): PortMapping => ({
  hostPort: 8080,
  containerPort: 80,
  protocol: 'TCP',
  ...more,
});

test('one port number, several Pods: by protocol and by address of the node', () => {
  const { ports } = hostPorts([
    attached('a/1', '10.244.1.1', web({ hostIP: '127.0.0.1' })),
    attached('a/2', '10.244.1.2', web({ hostIP: '192.168.0.1' })),
    attached('a/3', '10.244.1.3', web({ hostIP: '192.168.0.1', protocol: 'UDP' })),
  ]);
  assert.deepEqual(
    ports.map(
      ({ hostIP, protocol, hostPort, address, port }) => `${hostIP}:${hostPort}/${protocol} ${address}:${port}`,
    ),
    ['127.0.0.1:8080/TCP 10.244.1.1:80', '192.168.0.1:8080/TCP 10.244.1.2:80', '192.168.0.1:8080/UDP 10.244.1.3:80'],
  );
});

test('no address, an empty one and 0.0.0.0 mean every address, and localhost', () => {
  for (const mapping of [web(), web({ hostIP: '' }), web({ hostIP: '0.0.0.0' })]) {
    const { ports, routeLocalnet } = hostPorts([attached('a/x', '10.244.1.1', mapping)]);
    assert.equal(ports[0]?.hostIP, '0.0.0.0');
    assert.deepEqual(routeLocalnet, ['nvx']);
  }
});

test('a port on one real address needs no localhost routing', () => {
  assert.deepEqual(hostPorts([attached('a/x', '10.244.1.1', web({ hostIP: '192.168.0.1' }))]).routeLocalnet, []);
});

test('IPv6 addresses and port 0 are left out; a port that two claim is the last one’s', () => {
  const { ports } = hostPorts([
    attached('a/1', '10.244.1.1', web({ hostIP: '::' }), web({ hostPort: 0 }), web({ hostPort: 90 })),
    attached('a/2', '10.244.1.2', web({ hostPort: 90 })),
  ]);
  assert.deepEqual(
    ports.map(({ hostPort, address }) => [hostPort, address]),
    [[90, '10.244.1.2']],
  );
});
