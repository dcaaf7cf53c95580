/** An engine of netvet's own, beside any other: started, used, stopped. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

const name = `netvet-test-${process.pid}`;
// before the modules are read that name things after it
process.env['NETVET_ENGINE'] = name;
process.env['DOCKER_HOST'] = `unix:///run/${name}-engine/docker.sock`;
const { startEngine, stopEngine } = await import('./index.ts');
const { engineEntry, findEngine } = await import('../../kind/engine.ts');

const run = promisify(execFile);
const cache = mkdtempSync(join(tmpdir(), 'netvet-engine-'));
const start = () => startEngine({ cache, progress: () => {} });
const skip = process.getuid?.() === 0 ? false : 'an engine is started as root';

after(async () => {
  if (skip === false) await stopEngine();
  rmSync(cache, { recursive: true, force: true });
});

/** Command lines of the daemon and what it started, told by the directory. */
const processes = () =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return []; // it ended while we looked
      }
    })
    .filter((line) => line.includes(`/run/${name}-engine`));

test('it starts once, runs privileged containers, and ends with all it had', { skip, timeout: 900_000 }, async (t) => {
  const began = Date.now();
  const host = await start();
  t.diagnostic(`answers after ${Date.now() - began} ms`);
  assert.equal(host, process.env['DOCKER_HOST']);
  const daemons = processes();
  assert.equal(await start(), host);
  assert.deepEqual(processes(), daemons);

  const found = await findEngine();
  assert.ok(!('missing' in found) && found.own);
  await run('sh', [join(import.meta.dirname, '../../../scripts/tool.sh'), 'loopback']).then(async ({ stdout }) => {
    // an image of one static program: a CNI plugin that is asked for its versions
    const tar = join(cache, 'image.tar');
    await run('tar', [
      '-C',
      join(stdout.trim(), '..'),
      '--transform',
      's,.*,program,',
      '-cf',
      tar,
      stdout.trim().split('/').at(-1) ?? '',
    ]);
    await found.docker.importImage(tar, { repo: 'test', tag: 'privileged' });
  });
  const container = await found.docker.createContainer({
    Image: 'test:privileged',
    Cmd: ['/program'],
    Env: ['CNI_COMMAND=VERSION'],
    HostConfig: { Privileged: true },
  });
  await container.start();
  assert.deepEqual(await container.wait(), { Error: null, StatusCode: 0 });
  assert.match(String(await container.logs({ stdout: true })), /supportedVersions.*1\.1\.0/);

  const [command = '', ...entry] = engineEntry();
  const { stdout } = await run(command, [...entry, 'ip', '-json', 'link', 'show']);
  const links = (JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname);
  assert.deepEqual(
    links.filter((link) => !link.startsWith('veth')),
    ['lo', 'docker0'],
  );
  const routes = await run(command, [...entry, 'ip', 'route', 'show', 'default']);
  assert.equal(routes.stdout, '', 'nothing in it has a way out');

  assert.equal(await stopEngine(), true);
  assert.deepEqual(processes(), []);
  assert.ok(!existsSync(`/run/netns/${name}`) && !existsSync(`/run/${name}-engine`));
  assert.equal(await stopEngine(), false);
  assert.deepEqual(engineEntry(), []);
});
