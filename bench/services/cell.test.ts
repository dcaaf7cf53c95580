import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type ApiServer, createStore, serveApi } from '../../clusters/embedded/api/index.ts';
import { createUnderlay, deleteUnderlay, underlay } from '../../clusters/embedded/node/index.ts';
import { testInside } from '../../clusters/embedded/testing.ts';
import { inCache } from '../../clusters/machine.ts';
import { type Cell, connect, type Effort, measure, type Setting } from './cell.ts';
import { Objects } from './objects.ts';
import { makeProxies, type Proxy } from './proxies.ts';
import { makeWorld } from './world.ts';

await testInside();

const programOf = (version: string) => inCache(`bin/kube-proxy-v${version}`);

const effort: Effort = { changes: 1, rounds: 2, connections: 10, rateMs: 100, quietMs: 0 };
const directory = '/tmp/bench';
let api: ApiServer;
let setting: Setting;
let proxies: Proxy[];

before(async () => {
  await createUnderlay();
  api = await serveApi({ store: createStore(), kubelets: () => undefined, host: underlay.address, port: 6443 });
  const objects = new Objects(api.url);
  await objects.addServices(0, 3);
  setting = { world: await makeWorld(), objects, directory, limits: { loadMs: 300_000, changeMs: 300_000 }, effort };
  const kubeProxies = { 'v1.34.3': programOf('1.34.3'), 'v1.37.2': programOf('1.37.2') };
  proxies = await makeProxies(api.url, kubeProxies, directory);
});

after(async () => {
  setting.world.stop();
  await api.close();
  await deleteUnderlay();
});

for (const name of [
  'reference',
  'kube-proxy 1.34.3 nftables',
  'kube-proxy 1.34.3 iptables',
  'kube-proxy 1.37.2 nftables',
  'kube-proxy 1.37.2 iptables',
]) {
  const version = name.split(' ')[1];
  const skip = version !== undefined && !existsSync(programOf(version)) && 'it is not built';
  test(`everything is measured, by connections that were answered: ${name}`, { timeout: 900_000, skip }, async () => {
    const measured = await measure(proxies.find((proxy) => proxy.name === name) as Proxy, 3, setting);
    await connect([measured], 3, setting);
    await measured.node.stop();
    whole(measured.cell);
  });
}

function whole(cell: Cell): void {
  assert.ok(cell.loadMs !== undefined && cell.loadMs > 0, JSON.stringify(cell));
  assert.ok(cell.loadCpuMs !== undefined && cell.loadCpuMs > 0);
  assert.ok(cell.changeCpuMs !== undefined);
  assert.ok(cell.memoryMb !== undefined && cell.memoryMb.process > 20 && cell.memoryMb.commands > 0);
  assert.deepEqual([cell.serviceMs.length, cell.endpointMs.length], [1, 1]);
  assert.deepEqual([cell.connectUs.flat().length, cell.directUs.flat().length, cell.failed], [20, 20, 0]);
  assert.ok(cell.perSecond !== undefined && cell.perSecond > 0);
  assert.ok(cell.restartMs !== undefined);
  assert.equal(cell.losses?.open, 20);
  assert.ok(cell.losses.fresh > 0);
}

test('a proxy that programs nothing has no load time, and nothing else', { timeout: 900_000 }, async () => {
  const idle: Proxy = {
    kind: 'reference',
    name: 'reference',
    async start() {
      const child = spawn('sleep', ['infinity']);
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      return {
        pid: child.pid as number,
        logEnd: () => 'not a word',
        async stop() {
          child.kill();
          await ended;
        },
      };
    },
  };
  const measured = await measure(idle, 3, { ...setting, limits: { loadMs: 500, changeMs: 500 } });
  await connect([measured], 3, setting);
  await measured.node.stop();
  const { cell } = measured;
  assert.equal(cell.loadMs, undefined);
  assert.match(cell.remarks.join(), /10\.96\.128\.\d:80 did not answer; its log ends with "not a word"/);
  assert.deepEqual([cell.serviceMs, cell.connectUs, cell.losses], [[], [], undefined]);
});
