import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { supportedVersions } from './cni/versions.ts';
import type { NodeFiles } from './node.ts';
import { paths } from './paths.ts';

const pluginName = 'netvet-cni';
const configurationName = '05-netvet.conflist';

/**
 * Puts the plugin where runtimes look for it. By rename: one that is being run cannot be written ("text file busy").
 */
export function installPlugin(files: NodeFiles, source: string): void {
  place(files.path(`${paths.plugins}/${pluginName}`), readFileSync(source), 0o755);
}

/**
 * Puts the configuration list where runtimes look for it; from then on they send Pods. So it comes last. The temporary
 * name has another ending, because runtimes load every .conf, .conflist and .json, and the rename is the one event that
 * containerd's watcher acts on.
 */
export function installConfiguration(files: NodeFiles): void {
  const list = {
    cniVersion: supportedVersions.at(-1),
    // older runtimes choose the newest that they know
    cniVersions: supportedVersions,
    name: 'netvet',
    plugins: [{ type: pluginName, capabilities: { portMappings: true } }],
  };
  place(
    files.path(`${paths.configurations}/${configurationName}`),
    Buffer.from(`${JSON.stringify(list, null, 2)}\n`),
    0o644,
  );
}

function place(file: string, content: Buffer, mode: number): void {
  if (readOrUndefined(file)?.equals(content) === true) return;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  try {
    writeFileSync(temporary, content);
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function readOrUndefined(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
