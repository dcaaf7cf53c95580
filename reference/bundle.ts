import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** The two files that a node's agent needs, side by side in one directory (a ConfigMap): `node agent.mjs` starts it. */
export interface Bundle {
  'agent.mjs': string;
  'netvet-cni': string;
}

/** Bundles the agent into one file without dependencies, for the stock node:24 image, and adds the plugin script. */
export async function bundleAgent(): Promise<Bundle> {
  const [{ outputFiles }, plugin] = await Promise.all([
    build({
      entryPoints: [`${import.meta.dirname}/agent/main.ts`],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node24',
    }),
    readFile(`${import.meta.dirname}/plugin/netvet-cni`, 'utf8'),
  ]);
  return { 'agent.mjs': outputFiles[0]?.text ?? '', 'netvet-cni': plugin };
}
