/** What goes on on a node besides: Pods that compute, and all that the agent has to do but the policy. */
import { spawn } from 'node:child_process';
import { anEndpoint, aPod, aService, aSlice } from '../../reference/model/fixtures.ts';
import { attach, config } from '../../reference/testing/world.ts';
import { putInto } from './groups.ts';
import type { Scene } from './scene.ts';

/** One in each of the groups. */
export function busyPods(groups: string[]): Disposable {
  const children = groups.map((group) => {
    const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    putInto(group, child.pid);
    return child;
  });
  return { [Symbol.dispose]: () => children.forEach((child) => child.kill('SIGKILL')) };
}

/** Other Pods and Services change, Pods come and go here, and the kubelet asks, all as often as on a busy node. */
export function life({ api, node }: Scene): Disposable {
  let round = 0;
  let stopped = false;
  api.put('services', aService('default/dns', '10.96.0.10', { ports: [{ port: 53, protocol: 'UDP' }] }));
  const timers = [
    every(200, () => {
      const labels = { app: 'other', round: String(++round) };
      api.put('pods', aPod('default/elsewhere', { labels, ip: '10.244.2.2', node: 'node2' }));
    }),
    // flows of UDP endpoints that have gone are looked for in connection tracking
    every(1000, () => {
      const endpoints = [anEndpoint(`10.244.2.${3 + (round % 2)}`)];
      api.put('endpointslices', aSlice('default/dns', endpoints, [{ port: 53, protocol: 'UDP' }]));
    }),
    every(2000, async () => {
      const { name, env } = await attach(node, `guest-${++round}`);
      await node.plugin('DEL', env, config);
      await node.run(['ip', 'netns', 'del', name]);
    }),
    every(2000, async () => void (await node.run(['curl', '-s', 'http://127.0.0.1:9098/readyz']))),
    every(5000, async () => void (await node.plugin('STATUS', {}, config))),
  ];

  /** Not again before it has ended. */
  function every(ms: number, work: () => void | Promise<void>): NodeJS.Timeout {
    let running: Promise<void> | undefined;
    return setInterval(() => {
      running ??= Promise.resolve()
        .then(work)
        .catch((error: Error) => void (stopped || console.error(error.message)))
        .finally(() => (running = undefined));
    }, ms);
  }

  return {
    [Symbol.dispose]() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}
