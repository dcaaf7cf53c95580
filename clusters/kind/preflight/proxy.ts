/** A proxy in the environment. */
import { type Finding, good } from './finding.ts';

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** Kubernetes clients send requests for the API server through a proxy that is set, and that one knows no cluster of this machine. */
export function proxy(env: NodeJS.ProcessEnv): Finding {
  const set = names.filter((name) => env[name]);
  const exempt = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').map((part) => part.trim());
  if (set.length === 0) return good('proxy', 'none in the environment');
  if (exempt.some((part) => part === '*' || part === '10.0.0.0/8' || part.startsWith('10.201.'))) {
    return good('proxy', `${set.join(', ')}, and clusters are exempt`);
  }
  return {
    level: 'limited',
    name: 'proxy',
    found: `${set.join(', ')} would be asked for clusters of this machine, which it does not know`,
    remedy: 'export NO_PROXY=10.0.0.0/8,localhost,127.0.0.1 no_proxy=10.0.0.0/8,localhost,127.0.0.1',
  };
}
