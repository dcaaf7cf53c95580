/** Versions of the CNI protocol. A configuration without `cniVersion` means 0.1.0, which is not supported. */
export const supportedVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** Since when a verb exists: https://www.cni.dev/docs/spec-upgrades/. */
const introduced = new Map([
  ['CHECK', '0.4.0'],
  ['STATUS', '1.1.0'],
  ['GC', '1.1.0'],
]);

/** Whether version `a` is `b` or later. Both are of the form n.n.n. */
export function atLeast(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const differing = x.findIndex((part, index) => part !== y[index]);
  return differing === -1 || (x[differing] as number) > (y[differing] ?? 0);
}

/** Whether a configuration of this version may ask for this verb. */
export function allowsVerb(version: string, verb: string): boolean {
  return atLeast(version, introduced.get(verb) ?? '0.0.0');
}
