/** Node images that the kind project publishes, by digest: tags have been moved before. */

/**
 * Version of Kubernetes -> digest, the oldest first. From the notes of kind's releases v0.30.0, v0.31.0 and v0.33.0:
 * https://github.com/kubernetes-sigs/kind/releases
 */
const digests: Record<string, string> = {
  '1.34.0': '7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a',
  '1.34.11': '44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d',
  '1.35.0': '452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f',
  '1.35.8': '07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0',
  '1.36.4': '099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
  '1.37.0': 'a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
};

/** The newest published image of a version, like 1.34, v1.34 or v1.34.0. Default: the version netvet is tried with. */
export function officialImage(version = '1.34.11'): string {
  const wanted = version.replace(/^v/, '');
  const known = Object.keys(digests);
  const found = known.findLast((each) => each === wanted || each.startsWith(`${wanted}.`));
  if (found !== undefined) return `kindest/node:v${found}@sha256:${digests[found]}`;
  throw new Error(
    `no node image of Kubernetes ${version} is known here: there are ${known.join(', ')}, and --image takes any other`,
  );
}

/** From a mirror: the same repository under another host. */
export const mirrored = (reference: string, mirror: string | undefined): string =>
  mirror === undefined ? reference : `${mirror.replace(/\/$/, '')}/${reference}`;
