import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { buildSync } from 'esbuild';

const key = 'netvet agent';

/**
 * The agent as the one JavaScript file that goes into a ConfigMap. To start esbuild costs some 80 ms of processor time: threads that
 * start later have what this one made.
 */
export function agentSource(): string {
  const known = getEnvironmentData(key);
  if (typeof known === 'string') return known;
  const source = bundle();
  setEnvironmentData(key, source);
  return source;
}

function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'agent', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'silent',
  });
  return (outputFiles[0] as (typeof outputFiles)[0]).text;
}
