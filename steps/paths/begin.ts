/**
 * Tells paused runners to begin, all at once, when the last of them is ready to: runs in a Pod, since only Pods reach
 * Pods. Arguments: the runners' addresses. A runner has made its virtual users when it says PausedBeforeRun
 * (https://github.com/grafana/k6/blob/v2.2.0/lib/execution.go), and so has nothing to do any more but to begin.
 */
const runners = process.argv.slice(1).map((address) => `http://${address}/v1/status`);
const pausedBeforeRun = 4;
const everyMs = 20;
const patienceMs = 50_000;

async function isReady(runner: string): Promise<boolean> {
  try {
    const answer = await fetch(runner, { signal: AbortSignal.timeout(5_000) });
    const { data } = (await answer.json()) as { data: { attributes: { status: number } } };
    return data.attributes.status >= pausedBeforeRun;
  } catch {
    return false; // it does not listen yet
  }
}

const deadline = performance.now() + patienceMs;
for (const runner of runners) {
  while (!(await isReady(runner))) {
    if (performance.now() > deadline) throw new Error(`${runner} does not say that it is ready`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
const data = { type: 'status', id: 'default', attributes: { paused: false } };
const request = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data }) };
const answers = await Promise.all(runners.map((runner) => fetch(runner, request)));
const refused = answers.find(({ ok }) => !ok);
if (refused) throw new Error(`${refused.url} answered ${refused.status}: ${await refused.text()}`);

export {};
