/**
 * Clusters of nodes that are containers with systemd, containerd and a kubelet, joined by kubeadm. A program that talks
 * to one on netvet's own engine has to be in that engine's network namespace (engineEntry).
 */
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Cluster, ClusterProvider } from '../cluster.ts';
import { bringUp } from './bringup.ts';
import { type Engine, findEngine } from './engine.ts';
import { execIn, importImages, succeedIn } from './exec.ts';
import { label } from './labels.ts';
import { collectLogs } from './logs.ts';
import { clusterDirectory, mistakesIn, scopedName } from './names.ts';
import { obstacles } from './preflight/index.ts';
import { leftoversOn, removeBuilders, removeCluster } from './remove.ts';

/** Rejects with what to type where there is none. */
async function findOne(): Promise<Engine> {
  const found = await findEngine();
  if ('missing' in found) {
    throw new Error(`${found.missing}. Start Docker or Podman, or one of netvet's own: netvet engine start`);
  }
  // for testcontainers, which looks for an engine by itself; its reaper is an image that need not be here
  process.env['DOCKER_HOST'] = found.host;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  return found;
}

/** Its client. */
const engine = async (): Promise<Docker> => (await findOne()).docker;

/** Names of the nodes, running or not. */
async function nodesOf(docker: Docker, cluster: string): Promise<string[]> {
  const filters = { label: [`${label.cluster}=${cluster}`, label.role] };
  const containers = await docker.listContainers({ all: true, filters });
  return containers.flatMap(({ Names }) => Names[0]?.slice(1) ?? []);
}

/**
 * create() resolves when every node is registered; nodes become Ready when a CNI has been installed. What fails leaves
 * its logs in `logDirectory`/kind and nothing else.
 */
export const kind: Required<ClusterProvider> = {
  async create(options) {
    const mistakes = mistakesIn(options);
    if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
    const found = await findOne();
    const { docker } = found;
    const { name, logDirectory } = options;
    if ((await nodesOf(docker, name)).length > 0) {
      throw new Error(
        `a cluster named "${name}" is there already: delete it (netvet cluster delete ${name}) or use another name`,
      );
    }
    const inTheWay = await obstacles(found, options.nodes);
    if (inTheWay.length > 0) throw new Error(`a kind cluster cannot run here:\n${inTheWay.join('\n')}`);
    try {
      await bringUp(docker, options);
      return await handle(docker, name);
    } catch (error) {
      const logs = await collectLogs(docker, await nodesOf(docker, name), join(logDirectory, 'kind'));
      await removeCluster(docker, name);
      throw new Error(`the cluster could not be made: ${(error as Error).message} (logs: ${logs})`, { cause: error });
    }
  },

  async open(name) {
    const docker = await engine();
    return (await nodesOf(docker, name)).length === 0 ? undefined : handle(docker, name);
  },

  async list() {
    const docker = await engine();
    const containers = await docker.listContainers({ all: true, filters: { label: [label.cluster, label.role] } });
    const byName = Map.groupBy(containers, ({ Labels }) => Labels[label.cluster] as string);
    return [...byName].map(([name, all]) => {
      const { [label.created]: createdAt = '', [label.cni]: cni } = all[0]?.Labels ?? {};
      return { name, nodes: all.length, createdAt, ...(cni !== undefined && { cni }) };
    });
  },

  async delete(name) {
    await removeCluster(await engine(), name);
  },
};

/** Clusters that crashed commands have left, with `all` every cluster that netvet made on this engine. */
export const leftovers = async ({ all = false } = {}) => leftoversOn(await engine(), all);

/** Removes what leftovers() finds (with `names`, only these), and dead builders. Returns a line for each. */
export async function cleanup({ all = false, names }: { all?: boolean; names?: string[] } = {}): Promise<string[]> {
  const docker = await engine();
  const found = await leftoversOn(docker, all);
  const wanted = found.filter(({ cluster }) => names === undefined || names.includes(cluster));
  for (const { cluster } of wanted) await removeCluster(docker, cluster);
  return [...wanted.flatMap(({ parts }) => parts), ...(await removeBuilders(docker))];
}

async function handle(docker: Docker, name: string): Promise<Cluster> {
  const kubeconfig = await saveKubeconfig(docker, name);
  return {
    name,
    provider: 'kind',
    kubeconfig,
    async run(node, argv, options) {
      const nodes = await nodesOf(docker, name);
      if (!nodes.includes(node)) throw new Error(`no node is called ${node}: there are ${nodes.join(', ')}`);
      return execIn(docker.getContainer(node), argv, options);
    },
    async loadImages(archive) {
      const nodes = await nodesOf(docker, name);
      await Promise.all(nodes.map((node) => importImages(docker.getContainer(node), createReadStream(archive))));
    },
    delete: () => removeCluster(docker, name),
  };
}

/** The administrator's own, with a context that says which cluster it is. */
async function saveKubeconfig(docker: Docker, name: string): Promise<string> {
  const text = await succeedIn(docker.getContainer(`${name}-control-plane`), ['cat', '/etc/kubernetes/admin.conf']);
  const directory = clusterDirectory(name);
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'kubeconfig');
  await writeFile(path, text.replaceAll(`kubernetes-admin@${name}`, scopedName(name)), { mode: 0o600 });
  return path;
}
