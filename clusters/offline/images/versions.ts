/** Versions of what is built from Go modules, read where they are pinned: in the wrapper modules of clusters/offline/tools. */
import { readFileSync } from 'node:fs';

const tools = `${import.meta.dirname}/../tools`;

/** Like v1.34.3. `module`: folder of clusters/offline/tools. */
export function toolVersion(module: string): string {
  const found = /^require \S+ (v\S+)$/m.exec(readFileSync(`${tools}/${module}/go.mod`, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`clusters/offline/tools/${module}/go.mod requires no version`);
  return found;
}

/** The Kubernetes of the node image that netvet builds. */
export const kubernetes = toolVersion('kubernetes');

/** Of the suite's own images, and of the one that every Pod has. */
export const suiteImages = {
  nodejs: 'docker.io/library/node:24',
  postgres: 'docker.io/library/postgres:17',
  k6: `docker.io/grafana/k6:${toolVersion('k6').slice(1)}`,
};

/** What the suite asks for, and what kubeadm's own default is. */
export const pauseVersions = ['3.10', '3.10.1'];
