import { type BuildOptions, buildSync } from 'esbuild';

/** A program and all that it imports as one JavaScript file for Node 24, which is to fit into a ConfigMap (1 MiB). */
export function bundle(file: string, options: BuildOptions): string {
  const common = { bundle: true, platform: 'node', target: 'node24', logLevel: 'silent' } as const;
  const { outputFiles } = buildSync({ entryPoints: [file], ...common, ...options, write: false });
  return (outputFiles[0] as (typeof outputFiles)[0]).text;
}
