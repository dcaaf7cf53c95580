import { execFile } from 'node:child_process';
import type { KubeObject } from './kube.ts';
import { parseManifest } from './manifest.ts';
import { tool } from './tool.ts';

/** The objects that a chart makes of these values, without its hooks and tests. `chart`: its folder. Needs no cluster. */
export async function renderChart(
  chart: string,
  options: { name: string; namespace: string; kubernetes: string; values: object },
): Promise<KubeObject[]> {
  const { name, namespace, kubernetes, values } = options;
  const argv = ['template', name, chart, '--namespace', namespace, '--kube-version', kubernetes];
  const helm = await tool('helm');
  const text = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      helm,
      [...argv, '--include-crds', '--no-hooks', '--skip-tests', '--values', '-'],
      { maxBuffer: 1 << 26, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error)
          reject(new Error(`helm could not render ${name}: ${stderr.trim() || error.message}`, { cause: error }));
        else resolve(stdout);
      },
    );
    child.stdin?.end(JSON.stringify(values));
  });
  return parseManifest(text);
}
