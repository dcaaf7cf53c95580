/**
 * The specification's general rules, and what the plugin answers by itself. Names in brackets:
 * research/reference-cni.md, 1.3.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { attach, config, oneNode, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);
const verbs = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'];
const supported = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];
const good = { CNI_CONTAINERID: 'c1', CNI_NETNS: '/run/netns/c1', CNI_IFNAME: 'eth0' };

/** An error as the specification wants it: exit code not 0, one JSON object on stdout, nothing else. */
function assertError(result: Awaited<ReturnType<typeof shared.node.plugin>>, code: number, message: RegExp): void {
  assert.notEqual(result.exitCode, 0, `it succeeded: ${result.stdout}`);
  assert.equal(result.json?.code, code, result.stdout);
  assert.match(result.json.msg, message);
  assert.equal(typeof result.json.cniVersion, 'string');
  assert.equal(result.stdout.trim(), JSON.stringify(result.json));
}

test('VERSION names the versions, with the one of the input, without any other variable [V1]', { skip }, async () => {
  for (const version of supported) {
    const { exitCode, json } = await shared.node.plugin('VERSION', {}, { cniVersion: version });
    assert.equal(exitCode, 0);
    assert.deepEqual(json, { cniVersion: version, supportedVersions: supported });
  }
});

test('VERSION needs no standard input [V2], and takes any', { skip }, async () => {
  for (const stdin of ['', 'garbage', '{"cniVersion":7}', '{"cniVersion":"1.0.0","x":"\\"$(reboot)`"}']) {
    const { exitCode, json } = await shared.node.plugin('VERSION', {}, stdin);
    assert.equal(exitCode, 0);
    assert.deepEqual(json.supportedVersions, supported);
  }
});

test('without CNI_COMMAND it tells what it is, on stderr, and succeeds [G7]', { skip }, async () => {
  const { exitCode, stdout, stderr } = await shared.node.plugin('', {}, '');
  assert.deepEqual([exitCode, stdout], [0, '']);
  assert.match(stderr, /CNI protocol versions supported: 0\.3\.1, 0\.4\.0, 1\.0\.0, 1\.1\.0/);
});

test('an unknown verb is a bad variable', { skip }, async () => {
  assertError(await shared.node.plugin('UPDATE', good, config), 4, /unknown CNI_COMMAND: UPDATE/);
});

test('all bad variables are named at once [G2]', { skip }, async () => {
  assertError(
    await shared.node.plugin('ADD', {}, config),
    4,
    /CNI_CONTAINERID is missing; CNI_NETNS is missing; CNI_IFNAME is missing/,
  );
  assertError(await shared.node.plugin('DEL', {}, config), 4, /CNI_CONTAINERID is missing; CNI_IFNAME is missing/);
  const mixed = { CNI_CONTAINERID: '../x', CNI_IFNAME: 'eth 0', CNI_NETNS: '' };
  const result = await shared.node.plugin('CHECK', mixed, config);
  assertError(result, 4, /CNI_NETNS is missing.*CNI_CONTAINERID has invalid characters.*CNI_IFNAME/);
});

test('container IDs and interface names are checked before anything is done [G10]', { skip }, async () => {
  const before = await traces(shared.node);
  const ids = ['-x', '../../etc', 'a/b', 'a b', 'ä', 'a;reboot', '$(reboot)', 'a\nb', 'x'.repeat(300)];
  for (const id of ids)
    assertError(await shared.node.plugin('ADD', { ...good, CNI_CONTAINERID: id }, config), 4, /CNI_CONTAINERID/);
  const names = [
    '.',
    '..',
    'a/b',
    'a:b',
    'a b',
    'a\tb',
    'sixteen-letters-',
    'a"b',
    "a'b",
    'a#b',
    'eth%d',
    'eth\\',
    'éth',
  ];
  for (const name of names)
    assertError(await shared.node.plugin('ADD', { ...good, CNI_IFNAME: name }, config), 4, /CNI_IFNAME/);
  for (const netns of ['relative', '/run/netns/a b', '/run/netns/#x', "/run/netns/'x"]) {
    assertError(await shared.node.plugin('ADD', { ...good, CNI_NETNS: netns }, config), 4, /CNI_NETNS/);
  }
  assert.equal(await traces(shared.node), before);
});

test('Pod names that are none are refused', { skip }, async () => {
  for (const name of ['$(reboot)', 'a;b=c', 'a"b', 'A', 'a/../b', '`x`']) {
    const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name.replaceAll(';', ':')}`;
    assertError(await shared.node.plugin('ADD', { ...good, CNI_ARGS: args }, config), 4, /K8S_POD_NAME/);
  }
});

test('what is no JSON is a decoding failure', { skip }, async () => {
  for (const stdin of ['', 'garbage', '{', '[]', 'null', '"x"', '{"name":"netvet",}', '\u0001\u0002', '$(reboot)']) {
    for (const verb of verbs) assertError(await shared.node.plugin(verb, good, stdin), 6, /JSON/);
  }
});

test('a network without a name, or with one that is no safe path, is refused [G10]', { skip }, async () => {
  for (const verb of verbs) {
    assertError(await shared.node.plugin(verb, good, { cniVersion: '1.1.0' }), 7, /missing network name/);
    for (const name of ['', 7, null]) {
      assertError(await shared.node.plugin(verb, good, { cniVersion: '1.1.0', name }), 7, /missing network name/);
    }
    for (const name of ['../x', 'a/b', '$(reboot)', '-x']) {
      assertError(await shared.node.plugin(verb, good, { cniVersion: '1.1.0', name }), 7, /network name/);
    }
  }
});

test('unknown versions are refused with code 1 and the versions known [G5]', { skip }, async () => {
  for (const cniVersion of ['0.1.0', '0.2.0', '0.3.0', '1.2.0', '2.0.0', 'x']) {
    const result = await shared.node.plugin('ADD', good, { ...config, cniVersion });
    assertError(result, 1, new RegExp(`incompatible CNI version "${cniVersion}"`));
    assert.match(result.json.details, /0\.3\.1, 0\.4\.0, 1\.0\.0, 1\.1\.0/);
    assert.equal(result.json.cniVersion, cniVersion);
  }
  assertError(await shared.node.plugin('ADD', good, { name: 'netvet' }), 1, /"0\.1\.0"/);
});

test('a verb that the version does not have is refused with code 1', { skip }, async () => {
  const cases = [
    ['CHECK', '0.3.1'],
    ['STATUS', '0.3.1'],
    ['STATUS', '1.0.0'],
    ['GC', '0.4.0'],
    ['GC', '1.0.0'],
  ] as const;
  for (const [verb, cniVersion] of cases) {
    assertError(
      await shared.node.plugin(verb, good, { ...config, cniVersion }),
      1,
      new RegExp(`does not allow ${verb}`),
    );
  }
});

test('a field that must not be ignored is refused with its key and value [G2]', { skip }, async () => {
  const result = await shared.node.plugin('ADD', good, { ...config, ipam: { type: 'host-local' } });
  assertError(result, 2, /"ipam": \{"type":"host-local"\}/);
});

test('other unknown fields are accepted [G8]', { skip }, async () => {
  const { env } = await attach(
    shared.node,
    'unknown-fields',
    {},
    { myOwn: { x: [1] }, ipMasq: true, args: { cni: {} } },
  );
  assert.equal((await shared.node.plugin('DEL', env, config)).exitCode, 0);
});

test('attachments of different containers are made at the same time [G6]', { skip }, async () => {
  const before = await traces(shared.node);
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  const made = await Promise.all(names.map((name) => attach(shared.node, name)));
  assert.equal(new Set(made.map(({ address }) => address)).size, 20);
  const removed = await Promise.all(made.map(({ env }) => shared.node.plugin('DEL', env, config)));
  assert.deepEqual([...new Set(removed.map(({ exitCode }) => exitCode))], [0]);
  assert.equal(await traces(shared.node), before);
});

test('the configuration list offers all versions and appears by rename under a name that runtimes load [R1, R2]', {
  skip,
}, () => {
  const directory = `${shared.node.root}/etc/cni/net.d`;
  assert.deepEqual(readdirSync(directory), ['05-netvet.conflist']);
  const list = JSON.parse(readFileSync(`${directory}/05-netvet.conflist`, 'utf8'));
  assert.equal(list.cniVersion, '1.1.0');
  assert.deepEqual(list.cniVersions, supported);
  assert.deepEqual(list.plugins, [{ type: 'netvet-cni', capabilities: { portMappings: true } }]);
  assert.deepEqual(readdirSync(`${shared.node.root}/opt/cni/bin`), ['netvet-cni']);
});

test('without curl it says so, and a DEL is carried out all the same', { skip }, async () => {
  const { node } = shared;
  const before = await traces(node);
  const { env } = await attach(node, 'no-curl');
  const directory = `${node.root}/run/no-curl`;
  mkdirSync(directory);
  const plugin = readFileSync(`${import.meta.dirname}/netvet-cni`, 'utf8');
  // the line that adds the usual directories would find the curl of this machine
  writeFileSync(`${directory}/netvet-cni`, plugin.replace(/^PATH=.*$/m, 'PATH=/run/no-curl'), { mode: 0o755 });
  for (const tool of ['cat', 'mkdir']) await node.run(['ln', '-s', `/usr/bin/${tool}`, `/run/no-curl/${tool}`]);
  const call = (verb: string) =>
    node.run(
      [
        'env',
        '-i',
        `CNI_COMMAND=${verb}`,
        ...Object.entries(env).map((pair) => pair.join('=')),
        '/run/no-curl/netvet-cni',
      ],
      {
        stdin: JSON.stringify(config),
      },
    );
  const added = await call('ADD');
  assert.equal(added.exitCode, 1);
  assert.deepEqual([JSON.parse(added.stdout).code, JSON.parse(added.stdout).cniVersion], [100, '1.1.0']);
  assert.match(added.stdout, /needs curl/);
  const deleted = await call('DEL');
  assert.deepEqual([deleted.exitCode, deleted.stdout], [0, '']);
  const { until } = await import('../testing/wait.ts');
  await until(
    'the DEL is worked off',
    () => traces(node),
    (now) => now === before,
  );
});
