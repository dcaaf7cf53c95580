import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CniError, type NetworkConfig, newestCommon, type PluginConfig } from './types.ts';

/**
 * Loads the network configuration as containerd does: the lexicographically first *.conf, *.conflist or *.json of the
 * directory, and if that one is broken, no other. Undefined where there is none. Throws CniError, worded as
 * containerd's. Source: containerd/go-cni opts.go, loadFromConfDir.
 */
export function loadConfig(directory: string): NetworkConfig | undefined {
  const file = readdirSync(directory)
    .filter((name) => /\.(conf|conflist|json)$/.test(name))
    .toSorted()[0];
  if (file === undefined) return undefined;
  const path = join(directory, file);
  try {
    return parseConfig(readFileSync(path, 'utf8'), file.endsWith('.conflist'), directory);
  } catch (error) {
    throw new CniError(`cni config load failed: failed to load CNI config file ${path}: ${(error as Error).message}`);
  }
}

/** `isList`: a conflist, else one plugin's configuration. */
export function parseConfig(source: string, isList: boolean, directory?: string): NetworkConfig {
  const json = JSON.parse(source) as Record<string, unknown>;
  const { name, cniVersions, plugins: inlined = [] } = json;
  if (typeof name !== 'string' || !/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
    throw new Error(`invalid network name ${JSON.stringify(name)}`);
  const offered = [
    ...(Array.isArray(cniVersions) ? cniVersions.map(String) : []),
    ...(typeof json['cniVersion'] === 'string' ? [json['cniVersion']] : []),
  ];
  const cniVersion = offered.length === 0 ? '0.1.0' : newestCommon(offered);
  if (cniVersion === undefined) throw new Error(`unsupported CNI version ${offered.join(', ')}`);
  if (!Array.isArray(inlined)) throw new Error("'plugins' is not a list");
  const listed = [...(inlined as PluginConfig[]), ...beside(json, name, directory)];
  const plugins = isList ? listed : [json as PluginConfig];
  if (plugins.length === 0) throw new Error('no plugins in list');
  for (const plugin of plugins)
    if (typeof plugin.type !== 'string' || plugin.type === '') throw new Error("missing 'type' of a plugin");
  return { cniVersion, name, disableGC: isTrue(json['disableGC']), plugins, source };
}

/** CNI 1.1: plugins may also lie in a directory with the network's name, one file each. */
function beside(json: Record<string, unknown>, name: string, directory: string | undefined): PluginConfig[] {
  if (directory === undefined || isTrue(json['loadOnlyInlinedPlugins'])) return [];
  const folder = join(directory, name);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.conf')) : [];
  return files.toSorted().map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as PluginConfig);
}

/** libcni takes the words too. */
const isTrue = (value: unknown) => value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
