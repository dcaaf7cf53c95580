/**
 * What a watcher sees while Pods, Services and nodes come, change and go: nothing that no real cluster showed. With
 * SEQUENCE_KIND, the name of a kind cluster, the scenes are played there instead, eight times, and those that lose a
 * node three times, and seen.json is written anew. On netvet's own engine: `netvet cluster shell NAME`, and there
 * `SEQUENCE_KIND=NAME node clusters/embedded/sequence/sequence.e2e.ts`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from '../../cluster.ts';
import { referenceCni } from '../../cni/reference.ts';
import { kind } from '../../kind/index.ts';
import { embedded } from '../index.ts';
import { testInside } from '../testing.ts';
import { addTo, differences, file, type Ground, play, type Recorded, type Scene } from './play.ts';
import { nodeScenes, scenes } from './scenes.ts';

/** `told`: what else is done when a node has been stopped (Unknown) and when it goes on (True). */
function ground(cluster: Cluster, told = async (_node: string, _readiness: string): Promise<void> => {}): Ground {
  const frozen = new Set<string>();
  // all processes of the node but the first one
  const signal = (node: string, name: string) => cluster.run?.(node, ['sh', '-c', `kill -${name} -1`]);
  return {
    kubeconfig: cluster.kubeconfig,
    async freeze(node) {
      frozen.add(node);
      await signal(node, 'STOP');
      await told(node, 'Unknown');
    },
    async thaw() {
      for (const node of frozen) {
        await signal(node, 'CONT');
        await told(node, 'True');
      }
      frozen.clear();
    },
  };
}

const { SEQUENCE_KIND: real } = process.env;
if (real !== undefined) {
  const recorded: Recorded = {};
  const cluster = await kind.open(real);
  if (cluster === undefined) throw new Error(`no kind cluster is called ${real}`);
  const record = ([name, scene]: [string, Scene], place: number) =>
    play(ground(cluster), `sequence-${Date.now()}-${place}`, scene).then(
      (seen) => addTo(recorded, name, seen),
      (error: unknown) => {
        console.error(error);
        process.exitCode = 1;
      },
    );
  // without its control plane there is nothing to be seen
  const plane = `${real}-control-plane`;
  await cluster.run?.(plane, ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'cordon', plane]);
  for (let round = 1; round <= 8; round += 1) {
    await Promise.all(Object.entries(scenes).map(record));
    if (round <= 3) for (const scene of Object.entries(nodeScenes)) await record(scene, 0);
    writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`);
  }
  process.exit();
}
await testInside();

/** Where this cluster differs, by scene and object, and why that is well so. The tests print it. */
const known: Record<string, string> = {
  'a node is lost and comes back: Node':
    'it sends no heartbeats: the test says that it is lost and that it is back, where kind waits for 50 s',
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

/** Its nodes send no heartbeats: what the node controller would find out is said here. */
async function tell(name: string, status: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const body = { status: { conditions: [{ type: 'Ready', status }] } };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  await config.makeApiClient(CoreV1Api).patchNodeStatus({ name, body }, merge);
}

const compared = (name: string, scene: Scene, place: number) => async (t: TestContext) => {
  const other = differences(recorded, name, await play(ground(cluster, tell), `sequence-${place}`, scene));
  for (const [key, why] of Object.entries(known))
    if (key.startsWith(`${name}: `)) t.diagnostic(`differs: ${key}: ${why}`);
  const unknown = [...other].filter(([key]) => known[key] === undefined);
  assert.deepEqual(Object.fromEntries(unknown), {}, JSON.stringify(recorded[name], undefined, 1));
};

describe('side by side', { concurrency: true }, () => {
  for (const [place, [name, scene]] of Object.entries(scenes).entries()) test(name, compared(name, scene, place));
});
for (const [name, scene] of Object.entries(nodeScenes)) test(name, compared(name, scene, 100));
