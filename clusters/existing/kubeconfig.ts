import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';

/** A context, and the one file that says all about it. */
export interface ContextIn {
  context: string;
  /** Absolute. */
  kubeconfig: string;
}

/** The files that kubectl would read: those of $KUBECONFIG that exist, else ~/.kube/config. */
export function kubeconfigFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths = named.length > 0 ? named : [join(env['HOME'] ?? homedir(), '.kube/config')];
  return paths.map((path) => resolve(path)).filter((path) => existsSync(path));
}

interface Named {
  name: string;
}
interface Kubeconfig {
  contexts?: (Named & { context?: { cluster?: string; user?: string } })[];
  clusters?: Named[];
  users?: Named[];
}

/**
 * Finds a context as kubectl does, the first file that has it wins. Its credentials are never copied, so that file must
 * have its cluster and user too. Otherwise the sentence that says what is wrong and what to type.
 */
export function findContext(name: string, files: string[]): ContextIn | { mistake: string } {
  const known: string[] = [];
  for (const file of files) {
    let config: Kubeconfig;
    try {
      config = (parse(readFileSync(file, 'utf8')) ?? {}) as Kubeconfig;
    } catch (error) {
      return { mistake: `${file} cannot be read as a kubeconfig: ${(error as Error).message.split('\n')[0]}` };
    }
    const contexts = config.contexts ?? [];
    const found = contexts.find((each) => each.name === name);
    if (found === undefined) {
      known.push(...contexts.map((each) => each.name));
      continue;
    }
    const { cluster, user } = found.context ?? {};
    const has = (list: Named[] | undefined, wanted: string | undefined) => list?.some((each) => each.name === wanted);
    if (has(config.clusters, cluster) && (!user || has(config.users, user))) return { context: name, kubeconfig: file };
    return {
      mistake:
        `the context "${name}" in ${file} names a cluster or a user that this file does not have; ` +
        `kubectl config view --flatten --minify --context '${name}' > one.yaml puts them together, ` +
        'then KUBECONFIG=one.yaml',
    };
  }
  const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there are no contexts at all';
  const where = files.length > 0 ? files.join(', ') : '$KUBECONFIG and ~/.kube/config, which do not exist';
  return { mistake: `no context is called "${name}": ${there} (in ${where})` };
}

/** The client's configuration for a context, by default its current one. Paths in it are relative to its file. */
export function configOf({ kubeconfig, context }: Partial<ContextIn> & Pick<ContextIn, 'kubeconfig'>): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}
