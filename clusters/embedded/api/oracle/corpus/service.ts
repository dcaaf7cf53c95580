/** What Services may say, and what they are given. */
import { collect } from './case.ts';
import { meta, port, service } from './make.ts';

const { cases, add } = collect();

add('plain', service({ ports: [port()], selector: { a: 'b' } }));
add('no ports', service({ selector: { a: 'b' } }));
add('no spec', { apiVersion: 'v1', kind: 'Service', metadata: meta });
for (const name of ['1a', 'A', 'a.b', 'x'.repeat(64)])
  add(`name "${name.slice(0, 10)}"`, service({ ports: [port()] }, { name }));
add('headless', service({ clusterIP: 'None', selector: { a: 'b' } }));
add('headless without selector', service({ clusterIP: 'None' }));
add('headless with ports', service({ clusterIP: 'None', ports: [port({ targetPort: 'http' })], selector: { a: 'b' } }));
add('externalName', service({ type: 'ExternalName', externalName: 'example.com.' }));
add('externalName missing', service({ type: 'ExternalName' }));
add('externalName bad', service({ type: 'ExternalName', externalName: 'a_b' }));
add('externalName with an address', service({ type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.99' }));
for (const number of [0, -1, 65536]) add(`port ${number}`, service({ ports: [{ port: number }] }));
add('no port', service({ ports: [{}] }));
for (const targetPort of [0, 70000, 'HTTP', 'http', '', 'a--b', '80'])
  add(`targetPort ${JSON.stringify(targetPort)}`, service({ ports: [port({ targetPort })] }));
add('two without names', service({ ports: [port(), port({ port: 81 })] }));
add('two of one name', service({ ports: [port({ name: 'a' }), port({ name: 'a', port: 81 })] }));
add('two of one number', service({ ports: [port({ name: 'a' }), port({ name: 'b' })] }));
add('one number, two protocols', service({ ports: [port({ name: 'a' }), port({ name: 'b', protocol: 'UDP' })] }));
add('port names', service({ ports: [port({ name: 'A' }), port({ name: 'a.b', port: 81 })] }));
add('protocol', service({ ports: [port({ protocol: 'ICMP' })] }));
add('appProtocol', service({ ports: [port({ appProtocol: 'a b' })] }));
add('type', service({ type: 'Cluster', ports: [port()] }));
add('selector', service({ selector: { d: 'e f' }, ports: [port()] }));
add('affinity', service({ sessionAffinity: 'ClientIP', ports: [port()] }));
add(
  'affinity with a timeout',
  service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } }, ports: [port()] }),
);
for (const timeoutSeconds of [0, 86401])
  add(
    `affinity of ${timeoutSeconds} s`,
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } }, ports: [port()] }),
  );
add(
  'affinity none with a timeout',
  service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } }, ports: [port()] }),
);
add('affinity of another kind', service({ sessionAffinity: 'Cookie', ports: [port()] }));
add('static address', service({ clusterIP: '10.96.0.77', ports: [port()] }));
add('address elsewhere', service({ clusterIP: '1.2.3.4', ports: [port()] }));
add('the network address', service({ clusterIP: '10.96.0.0', ports: [port()] }));
add('the broadcast address', service({ clusterIP: '10.96.255.255', ports: [port()] }));
add('address that is none', service({ clusterIP: 'x', ports: [port()] }));
add('address of IPv6', service({ clusterIP: '2001:db8::1', ports: [port()] }));
add('address taken', service({ clusterIP: '10.96.0.1', ports: [port()] }));
add('addresses that disagree', service({ clusterIP: '10.96.0.78', clusterIPs: ['10.96.0.79'], ports: [port()] }));
add('addresses without the first', service({ clusterIPs: ['10.96.0.79'], ports: [port()] }));
add('node port', service({ type: 'NodePort', ports: [port({ nodePort: 30001 })] }));
add('node port out of range', service({ type: 'NodePort', ports: [port({ nodePort: 80 })] }));
add('node port of a ClusterIP', service({ ports: [port({ nodePort: 30001 })] }));
add(
  'node port shared by protocols',
  service({ type: 'NodePort', ports: [port({ name: 'a', nodePort: 30002 }), port({ name: 'b', protocol: 'UDP' })] }),
);
add(
  'node port twice',
  service({
    type: 'NodePort',
    ports: [port({ name: 'a', nodePort: 30003 }), port({ name: 'b', port: 81, nodePort: 30003 })],
  }),
);
add('headless node port', service({ type: 'NodePort', clusterIP: 'None', ports: [port()] }));
add(
  'load balancer',
  service({ type: 'LoadBalancer', ports: [port({ nodePort: 30004 })], loadBalancerSourceRanges: ['10.0.0.0/8'] }),
);
add(
  'load balancer, local',
  service({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30005,
    ports: [port({ nodePort: 30006 })],
  }),
);
add(
  'load balancer without node ports',
  service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [port()] }),
);
add(
  'load balancer fields elsewhere',
  service({
    ports: [port()],
    loadBalancerSourceRanges: ['x'],
    allocateLoadBalancerNodePorts: true,
    loadBalancerClass: 'a/b',
    healthCheckNodePort: 30001,
  }),
);
add('external policy of a ClusterIP', service({ ports: [port()], externalTrafficPolicy: 'Local' }));
add(
  'external policy',
  service({ type: 'NodePort', ports: [port({ nodePort: 30007 })], externalTrafficPolicy: 'Local' }),
);
add(
  'external policy, wrong',
  service({ type: 'NodePort', ports: [port({ nodePort: 30008 })], externalTrafficPolicy: 'local' }),
);
add('internal policy', service({ ports: [port()], internalTrafficPolicy: 'Local' }));
add('internal policy, wrong', service({ ports: [port()], internalTrafficPolicy: 'x' }));
add('external addresses', service({ ports: [port()], externalIPs: ['1.2.3.4'] }));
add(
  'external addresses, special',
  service({ ports: [port()], externalIPs: ['127.0.0.1', '0.0.0.0', '169.254.1.1', '224.0.0.1', 'x', '::1'] }),
);
add('traffic distribution', service({ ports: [port()], trafficDistribution: 'x' }));
add('traffic distribution, close', service({ ports: [port()], trafficDistribution: 'PreferClose' }));
add('dual stack', service({ ports: [port()], ipFamilyPolicy: 'RequireDualStack' }));
add('dual stack, preferred', service({ ports: [port()], ipFamilyPolicy: 'PreferDualStack' }));
add('IPv6', service({ ports: [port()], ipFamilies: ['IPv6'] }));
add('families', service({ ports: [port()], ipFamilies: ['IPv4', 'IPv4'], ipFamilyPolicy: 'x' }));
add(
  'address changed',
  service({ clusterIP: '10.96.0.80', ports: [port()] }),
  { body: { spec: { clusterIP: '10.96.0.81' } } },
  { body: { spec: { clusterIP: null } } },
  { body: { spec: { clusterIP: 'None' } } },
);
add(
  'types',
  service({ clusterIP: '10.96.0.82', ports: [port()], selector: { a: 'b' } }),
  { body: { spec: { type: 'NodePort', ports: [port({ nodePort: 30010 })] } } },
  { type: 'strategic', body: { spec: { ports: [{ port: 81, name: 'more', nodePort: 30011 }] } } },
  { body: { spec: { type: 'ClusterIP', ports: [port()] } } },
  { body: { spec: { type: 'ExternalName', externalName: 'a.b' } } },
  { body: { spec: { type: 'ClusterIP', clusterIP: '10.96.0.83', externalName: null } } },
);
add(
  'node ports stay',
  service({ type: 'NodePort', clusterIP: '10.96.0.84', ports: [port({ name: 'a', nodePort: 30012 })] }),
  { body: { spec: { ports: [port({ name: 'a', port: 8080 })] } } },
  { body: { spec: { ports: [port({ name: 'a', nodePort: 40000 })] } } },
);
add(
  'put without what was allocated',
  service({ clusterIP: '10.96.0.85', type: 'NodePort', ports: [port({ nodePort: 30013 })] }),
  { method: 'PUT', body: service({ type: 'NodePort', ports: [port({ targetPort: 8080 })] }) },
);
add('headless becomes another', service({ clusterIP: 'None', ports: [port()], selector: { a: 'b' } }), {
  body: { spec: { clusterIP: '10.96.0.86', clusterIPs: ['10.96.0.86'] } },
});

export { cases as service };
