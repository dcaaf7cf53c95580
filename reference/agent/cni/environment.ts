/** What comes from a runtime comes from anywhere: its environment, and the values of its configuration. */
import { CniError, codes } from './errors.ts';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const inRange = (value: unknown, low: number, high: number) =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

/** https://www.cni.dev/docs/spec/#parameters: container IDs and network names are parts of paths. */
export const isSafeName = (text: string) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text) && text.length <= 200;

/** `ip -batch` splits at white space, knows quotes and # for a comment; %d in a name is a pattern to the kernel. */
const safeToken = /^[!$&(-~]+$/;
const isSafeToken = (text: string) => safeToken.test(text) && !text.includes('\\') && !text.includes('`');

/** CNI_PATH is optional by the specification (the Go library wants it); netvet starts no other plugin. */
const required = new Map([
  ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['DEL', ['CNI_CONTAINERID', 'CNI_IFNAME']],
  ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['STATUS', []],
  ['GC', []],
]);

/** Throws one error that names all the variables that are bad for this verb. */
export function checkEnvironment(verb: string, env: Record<string, string>): void {
  const needed = required.get(verb);
  if (needed === undefined) throw new CniError(codes.badEnvironment, `unknown CNI_COMMAND: ${verb}`);
  const problems = needed.filter((name) => (env[name] ?? '') === '').map((name) => `${name} is missing`);
  const { CNI_CONTAINERID: id = '', CNI_IFNAME: ifname = '', CNI_NETNS: netns = '' } = env;
  if (needed.includes('CNI_CONTAINERID') && id !== '' && !isSafeName(id)) {
    problems.push('CNI_CONTAINERID has invalid characters, or more than 200');
  }
  if (needed.includes('CNI_IFNAME') && ifname !== '') {
    if (Buffer.byteLength(ifname) > 15) problems.push('CNI_IFNAME is longer than 15 characters');
    else if (ifname === '.' || ifname === '..' || /[/:\s]/.test(ifname)) {
      problems.push('CNI_IFNAME is . or .., or contains / or : or white space');
    } else if (!isSafeToken(ifname))
      problems.push('CNI_IFNAME contains a quote, #, %, a backslash or a character outside ASCII');
  }
  // DEL never opens the namespace, so whatever is in there does no harm
  const opened = verb !== 'DEL' && needed.includes('CNI_NETNS') && netns !== '';
  if (opened && !(netns.startsWith('/') && isSafeToken(netns))) {
    problems.push('CNI_NETNS is no absolute path of plain characters');
  }
  if (problems.length > 0)
    throw new CniError(codes.badEnvironment, `bad environment variables: ${problems.join('; ')}`);
}

/** What a Kubernetes runtime says of the Pod in CNI_ARGS. Absent for attachments made by hand, as by cnitool. */
export interface PodReference {
  namespace: string;
  name: string;
  uid: string | undefined;
}

/**
 * Parses CNI_ARGS, `K=V;K=V` in any order, for the Pod. Keys that are not known are left alone: runtimes set
 * IgnoreUnknown=1. The names go into files, link aliases and API paths: only Kubernetes names get through (code 4).
 */
export function podOf(args: string): PodReference | undefined {
  const values = new Map<string, string>();
  for (const pair of args.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0) values.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const namespace = values.get('K8S_POD_NAMESPACE') ?? '';
  const name = values.get('K8S_POD_NAME') ?? '';
  const uid = values.get('K8S_POD_UID') ?? '';
  if (namespace === '' && name === '') return undefined;
  const bad = [
    isLabel(namespace) ? [] : [`K8S_POD_NAMESPACE=${namespace}`],
    isSubdomain(name) ? [] : [`K8S_POD_NAME=${name}`],
    /^[A-Za-z0-9-]{0,64}$/.test(uid) ? [] : [`K8S_POD_UID=${uid}`],
  ].flat();
  if (bad.length > 0)
    throw new CniError(codes.badEnvironment, `CNI_ARGS names no Kubernetes object: ${bad.join(', ')}`);
  return { namespace, name, uid: uid === '' ? undefined : uid };
}

/** RFC 1123 label and subdomain, as the API server checks them. */
const isLabel = (text: string) => text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
const isSubdomain = (text: string) => text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text);
