import { CniError, codes } from './errors.ts';

/** What a Kubernetes runtime says of the Pod in CNI_ARGS. Absent for attachments made by hand, as by cnitool. */
export interface PodReference {
  namespace: string;
  name: string;
  uid: string | undefined;
}

/**
 * Parses CNI_ARGS, `K=V;K=V` in any order, for the Pod. Keys that are not known are left alone: runtimes set
 * IgnoreUnknown=1. The names go into file contents, link aliases and API paths, so nothing but Kubernetes names gets
 * through (code 4).
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
