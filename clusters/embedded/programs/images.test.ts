import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  withCache('/nowhere', () =>
    assert.throws(
      () => resolveImage('grafana/k6:2'),
      /the program k6 is neither on PATH nor in \/nowhere\/netvet\/bin: "sh scripts\/tool\.sh k6" builds it/,
    ),
  );
});

test('a kube-proxy image is the program of its version, also where a newer one was built', () => {
  const cache = mkdtempSync(join(tmpdir(), 'netvet-images-'));
  try {
    mkdirSync(join(cache, 'netvet/bin'), { recursive: true });
    for (const version of ['v1.34.3', 'v1.37.2'])
      writeFileSync(join(cache, 'netvet/bin', `kube-proxy-${version}`), '', { mode: 0o755 });
    withCache(cache, () => {
      const { programs } = resolveImage('registry.k8s.io/kube-proxy:v1.34.3');
      assert.equal(programs['kube-proxy'], join(cache, 'netvet/bin/kube-proxy-v1.34.3'));
      assert.throws(
        () => resolveImage('registry.k8s.io/kube-proxy:v1.35.0'),
        /the program kube-proxy v1\.35\.0 is neither .*: "sh scripts\/tool\.sh kube-proxy v1\.35\.0" builds it/,
      );
    });
  } finally {
    rmSync(cache, { recursive: true });
  }
});

/** With nothing on PATH. */
function withCache(directory: string, look: () => void): void {
  const { PATH, XDG_CACHE_HOME } = process.env;
  try {
    process.env['PATH'] = '/nowhere';
    process.env['XDG_CACHE_HOME'] = directory;
    look();
  } finally {
    process.env['PATH'] = PATH;
    if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
  }
}
