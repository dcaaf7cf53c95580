import type { Attachment } from '../../model/index.ts';
import { gateway, hostMac } from '../attachment/names.ts';
import { isObject } from './environment.ts';
import { atLeast } from './versions.ts';

/** A CNI result in the shape of 1.1.0 (https://www.cni.dev/docs/spec/#add-success); other fields are passed on. */
export interface CniResult {
  interfaces: { name: string; mac?: string; mtu?: number; sandbox?: string }[];
  ips: { address: string; gateway?: string; interface?: number }[];
  routes: { dst: string; gw?: string; scope?: number }[];
  dns: Record<string, unknown>;
}

/** The result of an ADD: what the plugins before it made (`previous`), then the two ends of its own pair. */
export function resultOf(
  { hostInterface, ifname, mac, mtu, netns, ip }: Attachment,
  previous: CniResult | undefined,
  dns: Record<string, unknown>,
): CniResult {
  const before = previous ?? { interfaces: [], ips: [], routes: [], dns: {} };
  const ends = [
    { name: hostInterface, mac: hostMac, mtu },
    { name: ifname, mac, mtu, sandbox: netns },
  ];
  const interfaces = [...before.interfaces, ...ends];
  return {
    interfaces,
    ips: [...before.ips, { address: `${ip}/32`, gateway, interface: interfaces.length - 1 }],
    routes: [...before.routes, { dst: `${gateway}/32`, scope: 253 }, { dst: '0.0.0.0/0', gw: gateway }],
    dns: Object.keys(dns).length > 0 ? dns : before.dns,
  };
}

/** Reads a `prevResult` of any version; lists may be absent or null, as Go writes them. Undefined: it is none. */
export function parseResult(value: unknown): CniResult | undefined {
  if (!isObject(value)) return undefined;
  const lists = ['interfaces', 'ips', 'routes'].map((key) => value[key] ?? []);
  if (!lists.every((list) => Array.isArray(list) && list.every(isObject))) return undefined;
  const [interfaces, ips, routes] = lists as [CniResult['interfaces'], CniResult['ips'], CniResult['routes']];
  const dns = value.dns ?? {};
  if (!isObject(dns) || !interfaces.every((one) => typeof one.name === 'string')) return undefined;
  if (!ips.every((one) => typeof one.address === 'string')) return undefined;
  return { interfaces, ips, routes, dns };
}

/** The JSON of a result in the version that the configuration asked for: what a version does not know is left out. */
export function printResult(result: CniResult, version: string): string {
  const modern = atLeast(version, '1.1.0');
  const numbered = !atLeast(version, '1.0.0');
  return JSON.stringify({
    cniVersion: version,
    interfaces: modern
      ? result.interfaces
      : result.interfaces.map(({ name, mac, sandbox }) => ({ name, mac, sandbox })),
    ips: result.ips.map((ip) => {
      const { version: _, ...rest } = ip as typeof ip & { version?: string };
      return numbered ? { version: ip.address.includes(':') ? '6' : '4', ...rest } : rest;
    }),
    routes: modern ? result.routes : result.routes.map(({ dst, gw }) => ({ dst, gw })),
    dns: result.dns,
  });
}
