import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { Cluster } from '../../cluster.ts';
import { release as flannel } from '../../cni/flannel.ts';
import { allOwnImages, cniNames, findCni } from '../../cni/index.ts';
import { ownImages, type Recipe } from './cni.ts';
import { hashOfRoot } from './debian.ts';
import { builtPlugin } from './flannel.ts';

const folder = mkdtempSync(join(tmpdir(), 'netvet-own-'));
const before = process.env['XDG_CACHE_HOME'];
process.env['XDG_CACHE_HOME'] = folder;
after(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => rmSync(join(folder, 'netvet'), { recursive: true, force: true }));

const table = readFileSync(new URL('../tools/table.sh', import.meta.url), 'utf8');

for (const name of ['cilium', 'flannel']) {
  test(`${name}: every program of the images can be built, of the version that is installed`, async () => {
    const { version, ownImages } = await findCni(name);
    assert.ok(ownImages);
    for (const program of ownImages.programs) assert.match(table, new RegExp(`^  ${program}\\)`, 'm'));
    const pins = name === 'cilium' ? { cilium: version } : { flannel: version, 'flannel-plugin': builtPlugin };
    for (const [wrapper, wanted] of Object.entries(pins)) {
      const module = readFileSync(new URL(`../tools/${wrapper}/go.mod`, import.meta.url), 'utf8');
      // the first that is required is the one that tool.sh takes
      assert.equal(/^require \S+ (v\S+)$/m.exec(module)?.[1], wanted, wrapper);
    }
  });
}

test('flannel: the images are those of its manifest, with what its Pods execute where they look for it', async () => {
  const placed: Record<string, string> = {};
  assert.ok(flannel.ownImages);
  const images = await flannel.ownImages.images({
    root: 'root.tar',
    place: async (program, path) => {
      placed[path] = program;
    },
    layer: async (name, lay) => {
      await lay(`/${name}`);
      return `${name}.tar`;
    },
  });
  assert.deepEqual(images.map(({ reference }) => reference).toSorted(), flannel.images.toSorted());
  assert.deepEqual(placed, {
    '/daemon/opt/bin/flanneld': 'flanneld',
    '/daemon/opt/bin/install-conf': 'flannel-install-conf',
    '/plugin/flannel': 'flannel',
  });
  assert.deepEqual(Object.values(placed).toSorted(), flannel.ownImages.programs.toSorted());
});

test('a CNI whose images are built here is one of kind clusters, and its images have a name of their own', async () => {
  const own = await allOwnImages();
  assert.deepEqual(own.map(({ name }) => name).toSorted(), ['cilium', 'flannel']);
  for (const { name } of own) assert.ok(cniNames.includes(name), name);
});

/** One that needs nothing of the network: the root is there already. */
function small(): Recipe & { made: () => number } {
  let made = 0;
  const root = { packages: ['none'] };
  const roots = join(folder, 'netvet/roots');
  mkdirSync(roots, { recursive: true });
  writeFileSync(join(folder, 'x'), 'x');
  execFileSync('tar', ['-C', folder, '-cf', join(roots, `small-${hashOfRoot(root)}.tar`), 'x']);
  return {
    name: 'small',
    version: 'v1',
    programs: [],
    root,
    made: () => made,
    async images({ root, layer }) {
      made += 1;
      const top = await layer('top', async (into) => writeFileSync(join(into, 'y'), 'y'));
      return [{ reference: 'example.test/small:1', layers: [root, top], environment: {} }];
    },
  };
}

const cluster = (loaded: string[]): Cluster => ({
  name: 'c',
  provider: 'kind',
  kubeconfig: '',
  loadImages: async (archive) => {
    loaded.push(archive);
  },
  delete: async () => {},
});

test('what is built is built once, loaded on nodes from then on, and not before', async () => {
  const recipe = small();
  const own = ownImages(recipe);
  const loaded: string[] = [];
  assert.equal(own.built(), false);
  assert.equal(await own.load(cluster(loaded)), false);
  const archive = await own.build(() => {});
  assert.equal(await own.build(() => {}), archive);
  assert.equal(recipe.made(), 1);
  assert.equal(archive, join(folder, 'netvet/images/small-v1.tar'));
  assert.match(execFileSync('tar', ['-xOf', archive, './manifest.json']).toString(), /example\.test\/small:1/);
  assert.equal(await own.load(cluster(loaded)), true);
  assert.deepEqual(loaded, [archive]);
  // nodes that get their images otherwise
  const existing: Cluster = { name: 'c', provider: 'existing', kubeconfig: '', delete: async () => {} };
  assert.equal(await own.load(existing), false);
});

test('images that cannot be made leave no archive and nothing half-done', async () => {
  const own = ownImages({ ...small(), images: async () => Promise.reject(new Error('no such file')) });
  await assert.rejects(
    own.build(() => {}),
    /no such file/,
  );
  assert.equal(own.built(), false);
  assert.deepEqual(readdirSync(join(folder, 'netvet/images')), []);
  const other = ownImages({ ...small(), programs: ['nonsense'] });
  await assert.rejects(
    other.build(() => {}),
    /no tool is called 'nonsense'/,
  );
  assert.equal(existsSync(join(folder, 'netvet/images/small-v1.tar')), false);
});
