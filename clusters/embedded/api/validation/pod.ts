/**
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go
 * (ValidatePodSpec, ValidatePodUpdate)
 */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { address } from './addresses.ts';
import { container, hostPorts } from './container.ts';
import { labels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import type { Place, Value } from './problem.ts';
import { volumes } from './volumes.ts';

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function containers(list: Place, taken: Value[], volumeNames: Set<string>, isInit: boolean): void {
  const seen = new Set(taken.map(({ name }) => name));
  for (const each of list.items()) {
    container(each, volumeNames, isInit);
    each.at('name').unique(seen);
  }
  hostPorts(list);
}

function toleration(place: Place): void {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = place.value;
  place.at('key').optional(qualifiedName);
  const of = place.at('operator');
  if (key === '' && operator !== 'Exists')
    of.invalid('operator must be Exists when `key` is empty, which means "match all values and all keys"', operator);
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    place.at('effect').invalid("effect must be 'NoExecute' when `tolerationSeconds` is set", effect);
  if (operator === 'Exists' && value !== '') of.invalid("value must be empty when `operator` is 'Exists'", value);
  else if (operator !== '') of.oneOf(['Equal', 'Exists']);
  if (effect !== '') place.at('effect').oneOf(taintEffects);
}

/** The spec of a Pod, or of a template. */
export function podSpec(spec: Place): void {
  const { containers: own = [], activeDeadlineSeconds: deadline, hostNetwork } = spec.value;
  const names = volumes(spec.at('volumes'));
  if (own.length === 0) spec.at('containers').required();
  containers(spec.at('containers'), [], names, false);
  containers(spec.at('initContainers'), own, names, true);
  if (hostNetwork) sameHostPort(spec.at('containers'));
  spec.at('restartPolicy').oneOf(['Always', 'OnFailure', 'Never']);
  spec.at('dnsPolicy').oneOf(['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']);
  labels(spec.at('nodeSelector'));
  spec.at('serviceAccountName').optional(dnsSubdomain);
  spec.at('nodeName').optional(dnsSubdomain);
  if (deadline < 1 || deadline > 2147483647)
    spec.at('activeDeadlineSeconds').invalid('must be between 1 and 2147483647, inclusive');
  spec.at('hostname').optional(dnsLabel);
  spec.at('subdomain').optional(dnsLabel);
  for (const each of spec.at('tolerations').items()) toleration(each);
  for (const alias of spec.at('hostAliases').items()) {
    alias.at('ip').follow(address, alias.value.ip ?? '');
    for (const name of alias.at('hostnames').items()) name.follow(dnsSubdomain);
  }
  spec.at('priorityClassName').optional(dnsSubdomain);
}

/** On the host's network a container's port is the host's. */
function sameHostPort(list: Place): void {
  for (const port of list.items().flatMap((each) => each.at('ports').items())) {
    const { hostPort, containerPort } = port.value;
    if (hostPort && hostPort !== containerPort)
      port.at('hostPort').invalid('must match `containerPort` when `hostNetwork` is true');
  }
}

export function pod(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  podSpec(spec);
  for (const each of [...spec.at('containers').items(), ...spec.at('initContainers').items()])
    if (/^\s|\s$/.test(each.value.image ?? ''))
      each.at('image').invalid('must not have leading or trailing whitespace');
  if (old) unchanged(spec, old['spec']);
  else if (spec.value.ephemeralContainers) spec.at('ephemeralContainers').forbidden('cannot be set on create');
}

const immutable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What a running Pod is made of stays, but for what is listed above. */
function unchanged(spec: Place, old: Value): void {
  const now = spec.value;
  const lists = ['containers', 'initContainers'];
  const other = lists.find((list) => (now[list] ?? []).length !== (old[list] ?? []).length);
  if (other) return spec.at(other).forbidden('pod updates may not add or remove containers');
  const { tolerations = [], activeDeadlineSeconds: deadline } = now;
  if (!(old.tolerations ?? []).every((each: Value) => tolerations.some((one: Value) => equal(each, one))))
    spec.at('tolerations').forbidden('existing toleration can not be modified except its tolerationSeconds');
  const ends = spec.at('activeDeadlineSeconds');
  if (deadline === undefined && old.activeDeadlineSeconds !== undefined)
    ends.invalid('must not update from a positive integer to nil value');
  else if (deadline > old.activeDeadlineSeconds) ends.invalid('must be less than or equal to previous value');

  // what may change is compared as it was; gates can only go, and are the scheduler's
  const { activeDeadlineSeconds, schedulingGates } = old;
  const compared = { ...now, tolerations: old.tolerations, activeDeadlineSeconds, schedulingGates };
  for (const list of lists)
    compared[list] = now[list]?.map((each: Value, i: number) => ({ ...each, image: old[list][i].image }));
  if (old.terminationGracePeriodSeconds < 0 && now.terminationGracePeriodSeconds === 1)
    compared.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  const present = (value: Value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  if (!equal(present(compared), present(old))) spec.forbidden(immutable);
}
