import { readFile } from 'node:fs/promises';
import type { KubeObject } from '../cni/kube.ts';
import { parseManifest } from '../cni/manifest.ts';
import { fetchSource } from '../cni/source.ts';

const version = 'v1.6.0';

/** Written to this release, and not run here: its images come from a registry only. */
export const operatorRelease = {
  version,
  source: {
    url: `https://raw.githubusercontent.com/grafana/k6-operator/${version}/bundle.yaml`,
    sha256: '13daa0834738333b53b40802d0578aa137616a9685b636eadbdbcb66b6976f42',
  },
  namespace: 'k6-operator-system',
  images: [`ghcr.io/grafana/k6-operator:controller-${version}`],
  /** What tells paused runners to begin; the operator's own default is the newest one. */
  starterImage: `ghcr.io/grafana/k6-operator:starter-${version}`,
};

/** Everything that the release consists of, its CustomResourceDefinitions first. Rejects when it cannot be had, or is another one. */
export async function operatorObjects(): Promise<KubeObject[]> {
  return parseManifest(await readFile(await fetchSource(operatorRelease.source), 'utf8'));
}
