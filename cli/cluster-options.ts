import type { Command } from 'commander';
import { cniNames, findCni } from '../clusters/cni/index.ts';
import { knowsImage } from '../clusters/embedded/programs/index.ts';
import { type ClusterChoice, given, type ProviderName } from './providers.ts';

/** The flags that choose a cluster, as commander gives them. */
export interface ClusterFlags {
  cluster: string;
  cni?: string;
  nodes?: string;
  kubernetes?: string;
  image?: string;
  registry?: string;
  ipFamily?: string;
  name: string;
  keep?: boolean;
  reuse?: boolean;
}

export function addClusterFlags(command: Command): Command {
  return command
    .option('--cluster <where>', 'embedded, kind, or an existing cluster by its kubeconfig context', 'embedded')
    .option('--cni <name>', `CNI to install: ${cniNames.join(', ')} (default: reference; not on a context)`)
    .option('--nodes <1..20>', 'number of nodes to create (default: 3)')
    .option('--name <name>', 'name of the cluster', 'netvet')
    .option('--kubernetes <version>', 'kind: version of Kubernetes, e.g. 1.34.3')
    .option('--image <image>', 'kind: another node image')
    .option('--registry <host>', 'not for embedded: a registry that mirrors all images')
    .option('--ip-family <family>', 'only ipv4 for now');
}

/** The same, and those of a command that writes reports. */
export const addRunFlags = (command: Command): Command =>
  addClusterFlags(command)
    .option('--report <directory>', 'where the reports go (default: .netvet/runs/<id>)')
    .option('--keep', 'keep the cluster: embedded until Ctrl-C, kind until it is deleted')
    .option('--reuse', 'kind: use the cluster of that name if it exists, and keep it');

export function wholeNumber(text: string, name: string, from: number, to: number, mistakes: string[]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to) {
    mistakes.push(`${name} takes a whole number from ${from} to ${to}, and "${text}" is not one`);
  }
  return value;
}

/** Checks the flags that choose a cluster. Mistakes are added to `mistakes`, all of them. */
export async function checkCluster(flags: ClusterFlags, mistakes: string[]): Promise<ClusterChoice> {
  const provider: ProviderName = flags.cluster === 'embedded' || flags.cluster === 'kind' ? flags.cluster : 'existing';
  const where = provider === 'existing' ? await contextOf(flags.cluster, mistakes) : undefined;
  const { name, keep = false, reuse = false, cni = 'reference', nodes = '3', kubernetes } = flags;
  if (where !== undefined) checkExisting(flags, mistakes);
  else await checkCni(cni, provider, mistakes);
  const count = where === undefined ? wholeNumber(nodes, '--nodes', 1, 20, mistakes) : 0;
  // a cluster's name becomes a file name, so it is held to what Kubernetes allows in names
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    mistakes.push(`--name takes up to 32 lower-case letters, digits and dashes, and "${name}" is not that`);
  }
  checkKind(flags, provider, mistakes);
  if ((flags.ipFamily ?? 'ipv4') !== 'ipv4') {
    mistakes.push(`--ip-family takes ipv4 only: there are no scenarios for "${flags.ipFamily}" yet`);
  }
  const { registry, image } = flags;
  const common = { provider, name, keep, reuse, nodes: count, ...given({ registry }) };
  return where === undefined ? { ...common, cni, ...given({ kubernetes, image }) } : { ...common, existing: where };
}

/** Whether the CNI is known, and its images can be had: an embedded cluster has programs for few only. */
export async function checkCni(name: string, provider: ProviderName, mistakes: string[]): Promise<void> {
  if (!cniNames.includes(name)) {
    mistakes.push(`--cni takes ${cniNames.join(' or ')}, and "${name}" is none of them`);
    return;
  }
  const { images, ownImages } = await findCni(name);
  if (images.every(knowsImage)) return;
  if (provider === 'embedded') mistakes.push(`--cni ${name} needs images, which only --cluster kind can be given`);
  if (provider !== 'kind' || ownImages?.built() || !(await engineIsOwn())) return;
  const why = `--cni ${name}: netvet's own engine has no way to a registry, and its images are not here`;
  const remedy = ownImages
    ? `"netvet cluster image build --only ${ownImages.name}" makes them`
    : 'it takes Docker or Podman';
  mistakes.push(`${why}: ${remedy}`);
}

/** Whether kind clusters are made on netvet's own engine, which has no way to a registry. */
export async function engineIsOwn(): Promise<boolean> {
  const found = await (await import('../clusters/kind/engine.ts')).findEngine();
  return 'own' in found && found.own;
}

/** What a run says to `--cni none`. */
export const nothingToTest =
  '--cni none: without a network no Pod starts, and there is nothing to test (netvet cluster create takes it)';

function checkKind(flags: ClusterFlags, provider: ProviderName, mistakes: string[]): void {
  const { kubernetes, image, registry, reuse, cluster } = flags;
  const only = { '--kubernetes': kubernetes, '--image': image, '--reuse': reuse };
  if (provider !== 'kind')
    mistakes.push(...Object.keys(given(only)).map((flag) => `${flag} is for --cluster kind, and not for "${cluster}"`));
  if (provider === 'embedded' && registry !== undefined)
    mistakes.push('--registry: an embedded cluster runs programs in place of images, and pulls none');
  if (registry !== undefined && !/^[\w.-]+(:\d+)?(\/[\w./-]+)?$/.test(registry))
    mistakes.push(`--registry takes a host, with an optional port and path, and "${registry}" is not one`);
  if (kubernetes !== undefined && !/^v?1\.\d+(\.\d+)?$/.test(kubernetes))
    mistakes.push(`--kubernetes takes a version such as 1.34 or 1.34.3, and "${kubernetes}" is not one`);
}

/** Flags that would change a cluster that is not ours, or that mean nothing there. */
function checkExisting({ cluster, cni, nodes, keep }: ClusterFlags, mistakes: string[]): void {
  if (cni !== undefined)
    mistakes.push(`--cni ${cni}: netvet installs no CNI on an existing cluster such as "${cluster}": leave --cni out`);
  if (nodes !== undefined) mistakes.push(`--nodes: the nodes of "${cluster}" exist already: leave --nodes out`);
  if (keep) mistakes.push(`--keep: "${cluster}" stays, and what a run makes on it never does: leave --keep out`);
}

async function contextOf(name: string, mistakes: string[]): Promise<ClusterChoice['existing']> {
  const { findContext, kubeconfigFiles } = await import('../clusters/existing/index.ts');
  const found = findContext(name, kubeconfigFiles());
  if (!('mistake' in found)) return found;
  mistakes.push(`--cluster takes embedded, kind or a context, and ${found.mistake}`);
  return undefined;
}
