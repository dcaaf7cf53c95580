import type { Source } from '../source.ts';

export const version = 'v1.18.4';
const module = 'github.com/cilium/cilium';
const sum = 'h1:/HrbeMmk46UDkJs4uJemIqxB7wuZ+QRMNVscNYua5C8=';

/** A path in the release's Go module, which has all of the repository in it. */
export const inRelease = (path: string): Source => ({ module, version, sum, path });

export const agentImage = `quay.io/cilium/cilium:${version}`;
export const operatorImage = `quay.io/cilium/operator-generic:${version}`;
