import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeArchive } from './archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'netvet-archive-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('an archive holds what its manifest says: layers by their digests, a configuration for each image', async () => {
  for (const name of ['low', 'high']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, `${name}.txt`), name);
    execFileSync('tar', ['-C', join(folder, name), '-cf', join(folder, `${name}.tar`), '.']);
  }
  const [low, high] = [join(folder, 'low.tar'), join(folder, 'high.tar')];
  const file = join(folder, 'images.tar');
  await writeArchive(
    file,
    [
      { reference: 'example.test/a:1', layers: [low, high], environment: { PATH: '/bin' }, command: ['/bin/a'] },
      { reference: 'example.test/b:1', layers: [low], environment: {}, entrypoint: ['/b'] },
    ],
    mkdtempSync(join(folder, 'work-')),
  );
  const out = join(folder, 'out');
  mkdirSync(out);
  execFileSync('tar', ['-C', out, '-xf', file]);
  const read = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as never;
  const manifest = read('manifest.json') as { Config: string; RepoTags: string[]; Layers: string[] }[];
  assert.deepEqual(
    manifest.map(({ RepoTags }) => RepoTags),
    [['example.test/a:1'], ['example.test/b:1']],
  );
  for (const { Config, Layers } of manifest) {
    const { rootfs } = read(Config) as { rootfs: { diff_ids: string[] } };
    const digests = Layers.map((layer) =>
      createHash('sha256')
        .update(readFileSync(join(out, layer)))
        .digest('hex'),
    );
    assert.deepEqual(
      rootfs.diff_ids,
      digests.map((digest) => `sha256:${digest}`),
    );
  }
  const { config } = read(manifest[0]?.Config as string) as { config: Record<string, unknown> };
  assert.deepEqual(config, { Env: ['PATH=/bin'], Cmd: ['/bin/a'] });
});
