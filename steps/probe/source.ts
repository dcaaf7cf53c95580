import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { bundle } from '../bundle.ts';

const key = 'netvet agent';

/**
 * The agent as the one JavaScript file that goes into a ConfigMap. To start esbuild costs some 80 ms of processor time:
 * threads that start later have what this one made.
 */
export function agentSource(): string {
  const known = getEnvironmentData(key);
  if (typeof known === 'string') return known;
  const source = bundle(join(import.meta.dirname, 'agent', 'main.ts'), { format: 'esm' });
  setEnvironmentData(key, source);
  return source;
}
