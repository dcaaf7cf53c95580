import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anything, assert as check, constantFrom, dictionary, oneof, property, string } from 'fast-check';
import { podOf } from './environment.ts';
import { asCniError, CniError } from './errors.ts';
import { parseRequest } from './request.ts';
import { parseResult, printResult } from './result.ts';
import { atLeast } from './versions.ts';

const env = { CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'c', CNI_NETNS: '/run/netns/c', CNI_IFNAME: 'eth0' };
const stdin = JSON.stringify({ cniVersion: '1.1.0', name: 'netvet', type: 'netvet-cni' });

test('whatever comes in, the answer is a request or an error with a code of the specification', () => {
  const names = constantFrom('CNI_COMMAND', 'CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_ARGS', 'OTHER');
  const values = oneof(
    string({ unit: 'binary' }),
    constantFrom('ADD', 'DEL', 'CHECK', 'STATUS', 'GC', 'c', '/run/netns/c'),
  );
  const fields = constantFrom(
    'cniVersion',
    'name',
    'prevResult',
    'runtimeConfig',
    'ipam',
    'mtu',
    'dns',
    'cni.dev/valid-attachments',
  );
  const configs = oneof(
    string({ unit: 'binary' }),
    dictionary(fields, anything()).map((config) => JSON.stringify({ cniVersion: '1.1.0', name: 'n', ...config }) ?? ''),
  );
  check(
    property(dictionary(names, values), configs, (given, config) => {
      try {
        parseRequest({ env: { ...env, ...given }, stdin: config });
      } catch (error) {
        assert.ok(error instanceof CniError, String(error));
        assert.ok([1, 2, 4, 6, 7].includes(error.code), error.message);
        assert.notEqual(error.message, '');
      }
    }),
    { numRuns: 2000 },
  );
});

test('no accepted name breaks out of a line of ip -batch', () => {
  check(
    property(string({ unit: 'binary', maxLength: 20 }), (text) => {
      const given = { CNI_IFNAME: text, CNI_NETNS: `/run/${text}` };
      try {
        const request = parseRequest({ env: { ...env, ...given }, stdin });
        assert.ok('ifname' in request);
        for (const token of [request.ifname, request.netns]) assert.match(token, /^[^\s"'#\\]+$/);
      } catch (error) {
        assert.ok(error instanceof CniError);
        assert.equal(error.code, 4);
      }
    }),
    { numRuns: 2000 },
  );
});

test('all mistakes of a configuration are named at once', () => {
  const config = {
    cniVersion: '1.1.0',
    name: 'netvet',
    mtu: '1500',
    dns: ['10.96.0.10'],
    prevResult: 7,
    runtimeConfig: { portMappings: [{ hostPort: 1 }, { hostPort: 80, containerPort: 80 }, { hostPort: 70_000 }] },
  };
  assert.throws(() => parseRequest({ env, stdin: JSON.stringify(config) }), {
    code: 7,
    message: new RegExp(
      '^"mtu" is no number from 68 to 65535: "1500"; "dns" .*; "prevResult" is no CNI result; ' +
        '"runtimeConfig.portMappings" .*"hostPort":1}.*; "runtimeConfig.portMappings" .*70000.*$',
    ),
  });
});

test('CNI_ARGS come in any order, split at the first equals sign', () => {
  const pod = { namespace: 'a', name: 'b', uid: 'c' };
  assert.deepEqual(podOf('K8S_POD_UID=c;K8S_POD_NAME=b;X=1=2;IgnoreUnknown=1;K8S_POD_NAMESPACE=a'), pod);
  assert.deepEqual(podOf('K8S_POD_NAMESPACE=a;K8S_POD_NAME=b'), { ...pod, uid: undefined });
  for (const text of ['', ';', '=', 'K8S_POD_INFRA_CONTAINER_ID=x']) assert.equal(podOf(text), undefined);
  for (const text of ['K8S_POD_NAMESPACE=a', 'K8S_POD_NAME=b', 'K8S_POD_NAMESPACE=a;K8S_POD_NAME=b/c']) {
    assert.throws(() => podOf(text), { code: 4 });
  }
});

test('a result survives every version that knows its fields', () => {
  const result = parseResult({
    interfaces: [{ name: 'eth0', mac: 'x', mtu: 1500, sandbox: '/s', socketPath: '/p', pciID: 'i' }],
    ips: [{ address: 'fd00::1/64', gateway: 'fd00::2', interface: 0 }],
    routes: [{ dst: '::/0', gw: 'fd00::2', mtu: 1400, advmss: 1, priority: 2, table: 3, scope: 4 }],
    dns: { nameservers: ['x'] },
  });
  assert.ok(result !== undefined);
  assert.deepEqual(parseResult(JSON.parse(printResult(result, '1.1.0'))), result);
  const old = JSON.parse(printResult(result, '0.4.0'));
  assert.deepEqual(old, {
    cniVersion: '0.4.0',
    interfaces: [{ name: 'eth0', mac: 'x', sandbox: '/s' }],
    ips: [{ version: '6', address: 'fd00::1/64', gateway: 'fd00::2', interface: 0 }],
    routes: [{ dst: '::/0', gw: 'fd00::2' }],
    dns: { nameservers: ['x'] },
  });
  assert.equal('version' in JSON.parse(printResult(parseResult(old) ?? result, '1.0.0')).ips[0], false);
});

test('versions are compared by their numbers', () => {
  assert.ok(atLeast('1.10.0', '1.9.0'));
  assert.ok(atLeast('1.0.0', '1.0.0'));
  assert.ok(!atLeast('0.4.0', '1.0.0'));
});

test('a full disk, other input and output, and the unforeseen have their codes', () => {
  const thrown = (code: string, syscall?: string) => Object.assign(new Error('m'), { code, syscall });
  assert.deepEqual([asCniError(thrown('ENOSPC')).code, asCniError(thrown('ENOSPC')).message], [5, 'the disk is full']);
  assert.equal(asCniError(thrown('EROFS', 'open')).code, 5);
  assert.equal(asCniError(new TypeError('x')).code, 999);
  assert.equal(asCniError('text').message, 'text');
});
