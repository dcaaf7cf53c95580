import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';

/** The two files that a node's agent needs, side by side in one directory (a ConfigMap): `node agent.mjs` starts it. */
export interface Bundle {
  'agent.mjs': string;
  'netvet-cni': string;
}

/**
 * To import `node:http` as a module is to touch all it exports, WebSocket among them, which loads Node's fetch: 10 MB
 * of memory and some 20 ms of every start, for nothing that the agent uses.
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:http$/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    bundler.onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
};

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
      // a ConfigMap that kubectl apply takes has less than 256 KiB; names stay, for the log's stack traces
      minifyWhitespace: true,
      lineLimit: 120,
      plugins: [httpAlone],
    }),
    readFile(`${import.meta.dirname}/plugin/netvet-cni`, 'utf8'),
  ]);
  return { 'agent.mjs': outputFiles[0]?.text ?? '', 'netvet-cni': plugin };
}
