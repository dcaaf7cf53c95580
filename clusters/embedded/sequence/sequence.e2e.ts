/**
 * What a watcher sees while Pods and Services come, change and go: nothing that no real cluster showed. With
 * SEQUENCE_KUBECONFIG the scenes are played on that cluster instead, six times, and seen.json is written anew.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Cluster } from '../../cluster.ts';
import { referenceCni } from '../../cni/reference.ts';
import { embedded } from '../index.ts';
import { testInside } from '../testing.ts';
import { addTo, differences, file, play, type Recorded } from './play.ts';
import { scenes } from './scenes.ts';

const { SEQUENCE_KUBECONFIG: real } = process.env;
if (real !== undefined) {
  const anew: Recorded = {};
  for (let i = 0; i < 6; i += 1)
    for (const [place, [name, scene]] of Object.entries(scenes).entries())
      addTo(anew, name, await play(real, `sequence-${Date.now()}-${place}`, scene));
  writeFileSync(file, `${JSON.stringify(anew, undefined, 1)}\n`);
  process.exit();
}
await testInside();

/** Where this cluster differs, and why that is well so. */
const known: Record<string, string> = {
  'a Pod is deleted by force: endpoint a of EndpointSlice web-1':
    'the mark and the end come at one moment, and the controller looks once',
};

const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
let cluster: Cluster;
before(async () => {
  const logDirectory = mkdtempSync(join(tmpdir(), 'netvet-sequence-'));
  cluster = await embedded.create({ name: 'sequence', nodes: 2, progress: () => {}, logDirectory });
  const cni = referenceCni({});
  await cni.install(cluster);
  await cni.ready(cluster);
});
after(() => cluster.delete());

for (const [place, [name, scene]] of Object.entries(scenes).entries())
  test(name, async (t) => {
    const seen = await play(cluster.kubeconfig, `sequence-${place}`, scene);
    const other = differences(recorded, name, seen);
    for (const key of other.keys()) if (known[key] !== undefined) t.diagnostic(`differs: ${key}: ${known[key]}`);
    const unknown = [...other].filter(([key]) => known[key] === undefined);
    assert.deepEqual(Object.fromEntries(unknown), {}, JSON.stringify(recorded[name], undefined, 1));
  });
