import { join } from 'node:path';
import { buildSync } from 'esbuild';

let bundled: string | undefined;

/** server.ts and the libraries `pg` and `ws` as one JavaScript file, small enough for a ConfigMap (at most 1 MiB). */
export function serverSource(): string {
  bundled ??= bundle();
  return bundled;
}

function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'server.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // optional native parts, and the driver of another runtime
    external: ['pg-native', 'pg-cloudflare', 'bufferutil', 'utf-8-validate'],
    logLevel: 'silent',
  });
  return (outputFiles[0] as (typeof outputFiles)[0]).text;
}
