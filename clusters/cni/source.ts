/** Where the manifests and charts of released CNIs come from, pinned by checksum: fetched once, never run unchecked. */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inCache } from '../machine.ts';

/** A file or folder in a project's published Go module, with the sum of go.sum; or one file at an address. */
export type Source = { module: string; version: string; sum: string; path: string } | { url: string; sha256: string };

const downloadMs = 300_000;

/** Path of the file or folder on this machine, fetched the first time. Rejects when it is not to be had, or another. */
export async function fetchSource(source: Source): Promise<string> {
  return 'module' in source ? fetchModule(source) : fetchFile(source);
}

async function fetchModule({ module, version, sum, path }: Extract<Source, { module: string }>): Promise<string> {
  const go = (argv: string[], env: NodeJS.ProcessEnv) => {
    const options = { env: { ...process.env, ...env }, cwd: '/', timeout: downloadMs, maxBuffer: 1 << 24 };
    return promisify(execFile)('go', argv, options);
  };
  const { stdout: proxies } = await go(['env', 'GOPROXY'], {}).catch((cause: unknown) => {
    throw new Error(`${module} ${version} is fetched with Go, and there is none: install Go 1.26`, { cause });
  });
  // a list of proxies that ends in "direct" hangs on a machine that reaches the proxy only
  const [GOPROXY] = proxies.trim().split(',');
  const environment = { GOPROXY, GOFLAGS: '-mod=mod', GO111MODULE: 'on', GOWORK: 'off' };
  const { stdout } = await go(['mod', 'download', '-json', `${module}@${version}`], environment).catch(
    (error: unknown) => error as { stdout: string },
  );
  const found = JSON.parse(stdout || '{}') as { Dir?: string; Sum?: string; Error?: string };
  if (found.Dir === undefined || found.Error !== undefined)
    throw new Error(`${module} ${version} cannot be fetched: ${found.Error?.split('\n')[0] ?? 'Go did not say why'}`);
  if (found.Sum !== sum)
    throw new Error(`${module} ${version} is not the one that is pinned: ${found.Sum}, not ${sum}`);
  return join(found.Dir, path);
}

const digest = (content: Uint8Array): string => hash('sha256', content);

async function fetchFile({ url, sha256 }: Extract<Source, { url: string }>): Promise<string> {
  const file = inCache('sources', `${sha256.slice(0, 16)}-${basename(url)}`);
  if (existsSync(file) && digest(await readFile(file)) === sha256) return file;
  const answer = await fetch(url, { signal: AbortSignal.timeout(downloadMs) }).catch((error: Error) => {
    throw new Error(`${url} cannot be fetched: ${(error.cause as Error | undefined)?.message ?? error.message}`, {
      cause: error,
    });
  });
  if (!answer.ok) throw new Error(`${url} cannot be fetched: ${answer.status} ${answer.statusText}`);
  const content = new Uint8Array(await answer.arrayBuffer());
  if (digest(content) !== sha256)
    throw new Error(`${url} is not the one that is pinned: ${digest(content)}, not ${sha256}`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, content);
  await rename(`${file}.${process.pid}`, file);
  return file;
}
