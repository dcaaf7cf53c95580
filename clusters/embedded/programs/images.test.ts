import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImage, resolveImage } from './index.ts';

test('names, tags and digests', () => {
  assert.deepEqual(parseImage('node'), { name: 'node', tag: 'latest' });
  assert.deepEqual(parseImage('docker.io/library/node:24-alpine'), { name: 'node', tag: '24-alpine' });
  assert.deepEqual(parseImage('registry.k8s.io/pause:3.10@sha256:abc'), { name: 'registry.k8s.io/pause', tag: '3.10' });
  assert.deepEqual(parseImage('localhost:5000/x'), { name: 'localhost:5000/x', tag: 'latest' });
});

test('a node image is this Node.js, of the version it names', () => {
  const image = resolveImage('node:24-slim');
  assert.deepEqual(image.cmd, ['node']);
  assert.equal(image.programs['node'], process.execPath);
  assert.throws(
    () => resolveImage('node:18'),
    /failed to pull image "node:18": node:18 is not here: .* own Node\.js 24/,
  );
});

test('an image that stands for nothing is refused with those that do', () => {
  assert.throws(
    () => resolveImage('nginx:1.27'),
    /failed to pull image "nginx:1.27": the embedded cluster downloads nothing, .*postgres/,
  );
});

test('a program that is missing is named with what to do', () => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  try {
    process.env['PATH'] = '/nowhere';
    process.env['XDG_CACHE_HOME'] = '/nowhere';
    assert.throws(
      () => resolveImage('grafana/k6:2'),
      /the program k6 is neither on PATH nor in \/nowhere\/netvet\/bin: "sh scripts\/tool\.sh k6" builds it/,
    );
  } finally {
    process.env['PATH'] = PATH;
    if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
  }
});
