import { readFileSync } from 'node:fs';
import { supportedVersions } from './cni/versions.ts';
import { type NodeFiles, paths, readIfThere, replaceFile } from './node.ts';

const pluginName = 'netvet-cni';
const configurationName = '05-netvet.conflist';

/** Puts the plugin where runtimes look for it. By rename: one that is running cannot be written ("text file busy"). */
export function installPlugin(files: NodeFiles, source: string): void {
  place(files.path(`${paths.plugins}/${pluginName}`), readFileSync(source, 'utf8'), 0o755);
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
  place(files.path(`${paths.configurations}/${configurationName}`), `${JSON.stringify(list, null, 2)}\n`, 0o644);
}

function place(file: string, content: string, mode: number): void {
  if (readIfThere(file) !== content) replaceFile(file, content, mode);
}
