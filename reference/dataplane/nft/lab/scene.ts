import assert from 'node:assert/strict';
import { aPod, aSnapshot, underlay } from '../../../model/fixtures.ts';
import { model, type PodObject, type Snapshot } from '../../../model/index.ts';
import { type ApplyReport, createNft, type Nft } from '../index.ts';
import { createLab, type Lab, type PodPeer } from './index.ts';

/** A lab, what the API server would say, and the code under test on node1. */
export interface Scene extends AsyncDisposable {
  lab: Lab;
  nft: Nft;
  snapshot: Snapshot;
  /** Changes what the API server says, and applies it. Fails the test if the kernel did not take it as an update. */
  change(more: Partial<Snapshot>): Promise<ApplyReport>;
  /** Makes a Pod that the API knows with these labels. */
  pod(name: string, ip: string, labels?: Record<string, string>, ports?: number[]): Promise<PodPeer>;
}

export async function createScene(): Promise<Scene> {
  const lab = await createLab();
  const nft = createNft({ run: lab.run });
  const scene: Scene = {
    lab,
    nft,
    snapshot: aSnapshot({ underlay }),
    async change(more) {
      scene.snapshot = { ...scene.snapshot, ...more };
      const report = await nft.apply(model(scene.snapshot));
      assert.deepEqual(report.problems, []);
      assert.deepEqual((await report.forgotten).problems, []);
      assert.notEqual(report.outcome, 'rebuilt');
      return report;
    },
    async pod(name, ip, labels = { app: name }, ports = [80]) {
      const here = ip.startsWith('10.244.1.');
      const object: PodObject = aPod(`default/${name}`, {
        labels,
        ports: ports.map((containerPort) => ({ name: 'web', containerPort })),
        ...(here ? {} : { ip, node: 'node2' }),
      });
      const peer = await lab.pod(name, ip);
      await scene.change({
        pods: [...scene.snapshot.pods, object],
        attachments: [...scene.snapshot.attachments, ...(here ? [peer.attachment] : [])],
      });
      await peer.serve('TCP', ...ports);
      await peer.serve('UDP', ...ports);
      return peer;
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
  await nft.apply(model(scene.snapshot));
  return scene;
}

/** Who answered, over many tries: name -> how often. */
export async function answers(tries: number, dial: () => Promise<string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < tries; i += 1) {
    const [who = ''] = (await dial()).split(' ');
    counts[who] = (counts[who] ?? 0) + 1;
  }
  return counts;
}

/** Makes changes over and over until the work is done. */
export async function meanwhile<T>(work: Promise<T>, change: () => Promise<void>): Promise<T> {
  const state = { done: false };
  const finished = work.finally(() => (state.done = true));
  while (!state.done) await change();
  return finished;
}
