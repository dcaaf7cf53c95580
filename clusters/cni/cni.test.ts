import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { V1DaemonSet } from '@kubernetes/client-node';
import { parseAllDocuments, stringify } from 'yaml';
import { bundleAgent } from '../../reference/bundle.ts';
import { installedIn } from '../existing/installed.ts';
import { cniNames, findCni } from './index.ts';
import { kindnetObjects } from './kindnet.ts';
import type { KubeObject } from './kube.ts';
import { kubeProxyManifest, version } from './kube-proxy.ts';
import { placeProgram, runnerOn } from './node.ts';
import { conflist, masquerade, ptpNode, routes } from './ptp.ts';
import { manifestText, type ReferenceOptions, referenceManifest } from './reference-manifest.ts';
import { tool } from './tool.ts';

test('a CNI is found by its name; for any other name the error lists those that there are', async () => {
  for (const name of ['reference', 'ptp', 'ptp-iptables', 'kindnet', 'cilium', 'none'])
    assert.ok(cniNames.includes(name));
  for (const name of cniNames) assert.equal((await findCni(name)).name, name);
  await assert.rejects(
    findCni('duct-tape'),
    /^Error: there is no CNI "duct-tape"; there are reference, ptp, ptp-iptables, kindnet, .*, none$/,
  );
  await assert.rejects(findCni('constructor'), /there is no CNI/);
});

const node = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `node${index}` },
  spec: { podCIDR: `10.244.${index}.0/24` },
  status: {
    addresses: [
      { type: 'Hostname', address: `node${index}` },
      { type: 'InternalIP', address: `172.18.0.${10 + index}` },
    ],
  },
});
const nodes = [1, 2, 3].map((index) => ptpNode(node(index)));

test('ptp: routes lead to every other node, and only what leaves the cluster is masqueraded', () => {
  assert.equal(
    routes(nodes[1] as (typeof nodes)[number], nodes),
    'route replace 10.244.1.0/24 via 172.18.0.11\nroute replace 10.244.3.0/24 via 172.18.0.13\n',
  );
  const known = ['10.244.0.0/16', '172.18.0.11', '172.18.0.12', '172.18.0.13'].join(', ');
  assert.ok(masquerade(nodes).includes(`ip saddr 10.244.0.0/16 ip daddr != { ${known} } masquerade`));
  const { cniVersion, plugins } = JSON.parse(conflist('10.244.1.0/24')) as {
    cniVersion: string;
    plugins: { type: string; ipMasq?: boolean }[];
  };
  assert.equal(cniVersion, '1.1.0');
  assert.deepEqual(
    plugins.map(({ type, ipMasq }) => [type, ipMasq]),
    [
      ['ptp', false],
      ['portmap', undefined],
    ],
  );
  assert.throws(() => ptpNode({ ...node(1), spec: {} }), /node1 has no podCIDR/);
});

test('ptp: what a node says when a command fails is passed on; a cluster without node access is refused', async () => {
  const cluster = { name: 'c', provider: 'existing' as const, kubeconfig: '', delete: async () => {} };
  await assert.rejects(runnerOn(cluster, 'n')(['true']), /has no access to those of c/);
  const failing = { ...cluster, run: async () => ({ exitCode: 2, stdout: '', stderr: 'no such table\n' }) };
  await assert.rejects(runnerOn(failing, 'n')(['nft', 'x']), /^Error: on n: nft x: exit code 2: no such table$/);
});

test('ptp: a node that does not see the program gets its bytes', async () => {
  const sent: string[] = [];
  const blind = async (argv: string[], stdin?: string) => {
    if (stdin === undefined) throw new Error('no such file');
    sent.push(`${argv.at(-1)} ${Buffer.from(stdin, 'base64').length}`);
  };
  await placeProgram(blind, 'ptp', import.meta.filename);
  assert.equal(sent.length, 1);
  assert.match(sent[0] as string, /^\/opt\/cni\/bin\/ptp \d+$/);
});

test('a tool that does not exist is refused in the words of the script', async () => {
  await assert.rejects(tool('nonsense'), /no tool is called 'nonsense'/);
});

test('kube-proxy: the version of the image is the one that is built, and its files are complete', () => {
  const module = execFileSync('awk', [
    '$1 == "require" && $3 ~ /^v/ { print $3; exit }',
    `${import.meta.dirname}/../offline/tools/kubernetes/go.mod`,
  ]);
  assert.equal(module.toString().trim(), version);
  const [, , configMap] = kubeProxyManifest('https://172.18.0.2:6443', '10.244.0.0/16', 'nftables');
  const { data } = configMap as unknown as { data: Record<string, string> };
  assert.match(data['config.conf'] ?? '', /^mode: nftables$/m);
  assert.match(data['kubeconfig.conf'] ?? '', /certificate-authority: .*ca\.crt/);
  const plain = kubeProxyManifest('http://172.18.0.1:6443', '10.244.0.0/16', 'iptables')[2] as unknown as {
    data: Record<string, string>;
  };
  assert.match(plain.data['config.conf'] ?? '', /^mode: iptables$/m);
  // the account has its rights from the API server whatever it speaks; plain HTTP has no certificate to check
  assert.match(plain.data['kubeconfig.conf'] ?? '', /tokenFile: /);
  assert.doesNotMatch(plain.data['kubeconfig.conf'] ?? '', /authority/);
});

const agent = '1.2.3';

test('reference: another bundle or another fault is another template, and the agent reads, and writes events', () => {
  const template = (bundle: Record<string, string>, mutant?: string) => {
    const objects = referenceManifest({
      version: agent,
      apiServer: 'http://api',
      bundle,
      ...(mutant !== undefined && { mutant }),
    });
    return JSON.stringify(objects.find(({ kind }) => kind === 'DaemonSet')?.['spec'].template);
  };
  assert.equal(template({ a: '1', b: '2' }), template({ b: '2', a: '1' }));
  assert.notEqual(template({ a: '1' }), template({ a: '2' }));
  assert.notEqual(template({ a: '1' }), template({ a: '1' }, 'late-policy'));
  const role = referenceManifest({ version: agent, bundle: {} }).find(({ kind }) => kind === 'ClusterRole');
  const rules = (role?.['rules'] ?? []) as { resources: string[]; verbs: string[] }[];
  const events = { apiGroups: [''], resources: ['events'], verbs: ['create'] };
  assert.deepEqual(
    rules.filter(({ resources }) => resources.includes('events')),
    [events],
  );
  const verbs = new Set(rules.filter(({ resources }) => !resources.includes('events')).flatMap((one) => one.verbs));
  assert.deepEqual(verbs, new Set(['get', 'list', 'watch']));
});

test('reference: the manifest is YAML that kubectl takes, and names the API server only if asked for', async () => {
  const bundle = { ...(await bundleAgent()) };
  const text = manifestText({ version: agent, bundle, fabric: 'vxlan' });
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
  assert.deepEqual(objects, JSON.parse(JSON.stringify(referenceManifest({ version: agent, bundle, fabric: 'vxlan' }))));
  assert.deepEqual(installedIn(objects.filter(({ kind }) => kind === 'DaemonSet') as unknown as V1DaemonSet[]), {
    name: 'reference',
    version: agent,
  });
  // deleting the manifest must not try to delete a namespace that others live in
  assert.ok(objects.every(({ kind }) => kind !== 'Namespace'));
  const environment = (options: ReferenceOptions) => JSON.stringify(referenceManifest(options).at(-1));
  assert.doesNotMatch(environment({ version: agent, bundle }), /NETVET_API_SERVER/);
  assert.match(
    environment({ version: agent, bundle, apiServer: 'https://a:6443' }),
    /NETVET_API_SERVER","value":"https:\/\/a:6443/,
  );
  // kubectl apply keeps a copy of each object in an annotation, and annotations end at 256 KiB
  for (const object of objects) assert.ok(JSON.stringify(object).length < 256 * 1024, `${object.kind} is too large`);
});

test('reference: the agent has capabilities by name and is not privileged', () => {
  const set = referenceManifest({ version: agent, bundle: {} }).at(-1) as KubeObject;
  const [container] = set['spec'].template.spec.containers as { securityContext: Record<string, unknown> }[];
  assert.equal(container?.securityContext['privileged'], undefined);
  assert.deepEqual(container?.securityContext['capabilities'], {
    drop: ['ALL'],
    add: ['NET_ADMIN', 'SYS_ADMIN', 'SYS_CHROOT', 'SYS_PTRACE'],
  });
});

test('kindnet: the node image’s template becomes objects; a node without it is told why', async () => {
  const set = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'kindnet' } };
  const template = `# made by kind\n---\n${stringify({ ...set, env: '{{ .PodSubnet }}' })}---\n`;
  assert.deepEqual(kindnetObjects(template), [{ ...set, env: '10.244.0.0/16' }]);
  assert.throws(() => kindnetObjects('---\n'), /no DaemonSet kindnet/);
});
