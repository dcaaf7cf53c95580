import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type Store, serveApi } from '../api/index.ts';
import type { KubeObject } from '../objects.ts';
import { createRig, deployment, settle } from './testing.ts';

/** kubectl judges the status that controllers write. Undefined where it cannot be had. */
function kubectlPath(): string | undefined {
  try {
    const script = `${import.meta.dirname}/../../../scripts/tool.sh`;
    return execFileSync('sh', [script, 'kubectl'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

const program = kubectlPath();

test('kubectl waits for rollouts, restarts, undoes, scales, pauses and lists history', {
  skip: program ? false : 'no kubectl',
}, async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  const api = await serveApi({ store: rig.objects as Store, kubelets: () => undefined });
  t.after(() => api.close());
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  t.after(() => rmSync(home, { recursive: true }));
  const kubectl = async (...args: string[]) => {
    const env = { ...process.env, HOME: home, KUBECONFIG: '/dev/null' };
    const { stdout } = await promisify(execFile)(program as string, ['--server', api.url, ...args], {
      env,
      timeout: 300_000,
    });
    return stdout.trim();
  };
  const manifest = join(home, 'web.json');
  const apply = async (object: KubeObject) => {
    writeFileSync(manifest, JSON.stringify(object));
    return kubectl('apply', '-f', manifest);
  };

  assert.equal(await apply(deployment('web')), 'deployment.apps/web created');
  assert.match(await kubectl('rollout', 'status', 'deployment/web', '--timeout=300s'), /successfully rolled out$/);
  const before = new Set(rig.pods().map(({ metadata }) => metadata.uid));

  await kubectl('rollout', 'restart', 'deployment/web');
  assert.match(await kubectl('rollout', 'status', 'deployment/web', '--timeout=300s'), /successfully rolled out$/);
  assert.ok(rig.pods().every(({ metadata }) => !before.has(metadata.uid)));

  await kubectl('set', 'image', 'deployment/web', 'main=node:25');
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=300s');
  const history = async () => (await kubectl('rollout', 'history', 'deployment/web')).match(/^\d+/gm);
  assert.deepEqual(await history(), ['1', '2', '3']);
  assert.match(await kubectl('rollout', 'history', 'deployment/web', '--revision=3'), /node:25/);
  assert.match(await kubectl('rollout', 'undo', 'deployment/web', '--to-revision=1'), /rolled back/);
  await kubectl('rollout', 'status', 'deployment/web', '--timeout=300s');
  assert.deepEqual(await history(), ['2', '3', '4']);

  await kubectl('scale', 'deployment/web', '--replicas=5');
  await kubectl('wait', 'deployment/web', '--for=jsonpath={.status.availableReplicas}=5', '--timeout=300s');
  assert.equal(rig.pods().length, 5);
  await kubectl('rollout', 'pause', 'deployment/web');
  assert.match(await kubectl('describe', 'deployment', 'web'), /Progressing +Unknown +DeploymentPaused/);
  await kubectl('rollout', 'resume', 'deployment/web');
  await kubectl('wait', 'deployment/web', '--for=condition=Available', '--timeout=300s');

  const described = await kubectl('describe', 'deployment', 'web');
  assert.match(
    described,
    /ScalingReplicaSet\s+\S+\s+deployment-controller\s+Scaled up replica set web-[a-z0-9]+ from 0 to 3/,
  );
  await kubectl('delete', 'deployment', 'web', '--timeout=300s');
  await settle();
  assert.deepEqual(rig.pods(), []);

  const agent = deployment('agent');
  const { replicas: _replicas, strategy: _strategy, ...spec } = agent['spec'];
  await apply({ ...agent, kind: 'DaemonSet', spec });
  assert.match(await kubectl('rollout', 'status', 'daemonset/agent', '--timeout=300s'), /successfully rolled out$/);
  await kubectl('rollout', 'restart', 'daemonset/agent');
  assert.match(await kubectl('rollout', 'status', 'daemonset/agent', '--timeout=300s'), /successfully rolled out$/);
});
