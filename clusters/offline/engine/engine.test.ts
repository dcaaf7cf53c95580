import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { engineEntry, findEngine } from '../../kind/engine.ts';

const withHost = async (host: string, body: () => Promise<void>) => {
  const before = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = host;
  try {
    await body();
  } finally {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  }
};

it('says which engine does not answer', () =>
  withHost('unix:///run/no-such.sock', async () => {
    const found = await findEngine();
    assert.ok('missing' in found);
    assert.match(found.missing, /no container engine answers at unix:\/\/\/run\/no-such\.sock/);
  }));

it('enters no namespace for an engine that is not its own', () =>
  withHost('unix:///var/run/docker.sock', async () => assert.deepEqual(engineEntry(), [])));

/** It edits with jq, which the engine is installed with. */
const skip = spawnSync('jq', ['--version']).status === 0 ? false : 'there is no jq';

/** Runs the wrapper with a runc, and an awk that tells it which capabilities there are, that are none. */
function wrapped(set: string, args: (bundle: string) => string[], file: string): { config: unknown; runc: string } {
  const folder = mkdtempSync(join(tmpdir(), 'netvet-runtime-'));
  try {
    const script = (name: string, text: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    script('runc', `echo "$@" >'${folder}/called'`);
    script('awk', `echo ${set}`);
    const capabilities = { bounding: ['CAP_CHOWN', 'CAP_SYS_RESOURCE'], effective: ['CAP_SYS_RESOURCE'] };
    writeFileSync(join(folder, file), JSON.stringify({ process: { args: ['x y'], capabilities } }));
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const result = spawnSync(join(import.meta.dirname, 'runtime.sh'), args(folder), { env, encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
    return {
      config: JSON.parse(readFileSync(join(folder, file), 'utf8')).process.capabilities,
      runc: readFileSync(join(folder, 'called'), 'utf8').replaceAll(folder, 'BUNDLE').trim(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('takes the one capability out of containers and of commands in them, and hands everything else to runc', {
  skip,
}, () => {
  const without = { bounding: ['CAP_CHOWN'], effective: [] };
  const create = (bundle: string) => ['--root', '/run/x', 'create', '--bundle', bundle, 'id'];
  assert.deepEqual(wrapped('000001fffeffffff', create, 'config.json'), {
    config: without,
    runc: '--root /run/x create --bundle BUNDLE id',
  });
  const exec = (bundle: string) => ['exec', '--process', join(bundle, 'process.json'), 'id'];
  assert.deepEqual(wrapped('000001fffeffffff', exec, 'process.json').config, without);
});

it('is plain runc where the machine has the capability', { skip }, () => {
  const create = (bundle: string) => ['create', '--bundle', bundle, 'id'];
  const { config } = wrapped('000001ffffffffff', create, 'config.json');
  assert.deepEqual(config, { bounding: ['CAP_CHOWN', 'CAP_SYS_RESOURCE'], effective: ['CAP_SYS_RESOURCE'] });
});
