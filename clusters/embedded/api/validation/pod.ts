/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodUpdate) */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { validAddress } from './addresses.ts';
import { container, hostPorts } from './container.ts';
import { labels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidFor,
  type Problem,
  required,
  unsupported,
  type Value,
} from './problem.ts';
import { volumes } from './volumes.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function containers(field: string, given: Value[], taken: Value[], names: Set<string>, init: boolean): Problem[] {
  const seen = new Set(taken.map(({ name }) => name));
  const problems = given.flatMap((each, index) => {
    const found = container(`${field}[${index}]`, each, { volumes: names, init });
    if (seen.has(each.name)) found.push(duplicate(`${field}[${index}].name`, each.name));
    seen.add(each.name);
    return found;
  });
  return [...problems, ...hostPorts(field, given)];
}

function tolerations(field: string, given: Value[] = []): Problem[] {
  return given.flatMap(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, index) => {
    const place = `${field}[${index}]`;
    const problems: Problem[] = key === '' ? [] : invalidFor(`${place}.key`, key, qualifiedName(key));
    if (key === '' && operator !== 'Exists')
      problems.push(
        invalid(
          `${place}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      problems.push(invalid(`${place}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Exists' && value !== '')
      problems.push(invalid(`${place}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    else if (!['', 'Equal', 'Exists'].includes(operator))
      problems.push(unsupported(`${place}.operator`, operator, ['Equal', 'Exists']));
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
    if (effect !== '' && !effects.includes(effect)) problems.push(unsupported(`${place}.effect`, effect, effects));
    return problems;
  });
}

const hostAliases = (field: string, given: Value[] = []): Problem[] =>
  given.flatMap(({ ip = '', hostnames = [] }, index) => [
    ...validAddress(`${field}[${index}].ip`, ip),
    ...hostnames.flatMap((name: string, at: number) =>
      invalidFor(`${field}[${index}].hostnames[${at}]`, name, dnsSubdomain(name)),
    ),
  ]);

/** The spec of a Pod, or of a template: `field` is where it stands. */
export function podSpec(field: string, spec: Value): Problem[] {
  const { containers: own = [], initContainers = [], restartPolicy, dnsPolicy } = spec;
  const { problems, names } = volumes(`${field}.volumes`, spec.volumes);
  if (own.length === 0) problems.push(required(`${field}.containers`));
  problems.push(...containers(`${field}.containers`, own, [], names, false));
  problems.push(...containers(`${field}.initContainers`, initContainers, own, names, true));
  if (spec.hostNetwork) problems.push(...sameHostPort(`${field}.containers`, own));
  if (!restartPolicies.includes(restartPolicy))
    problems.push(unsupported(`${field}.restartPolicy`, restartPolicy, restartPolicies));
  if (!dnsPolicies.includes(dnsPolicy)) problems.push(unsupported(`${field}.dnsPolicy`, dnsPolicy, dnsPolicies));
  problems.push(...labels(`${field}.nodeSelector`, spec.nodeSelector));
  const name = (key: string, check: (value: string) => string[]) =>
    spec[key] ? invalidFor(`${field}.${key}`, spec[key], check(spec[key])) : [];
  problems.push(...name('serviceAccountName', dnsSubdomain), ...name('nodeName', dnsSubdomain));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647))
    problems.push(invalid(`${field}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  problems.push(...name('hostname', dnsLabel), ...name('subdomain', dnsLabel));
  problems.push(...tolerations(`${field}.tolerations`, spec.tolerations));
  problems.push(...hostAliases(`${field}.hostAliases`, spec.hostAliases));
  return [...problems, ...name('priorityClassName', dnsSubdomain)];
}

/** On the host's network a container's port is the host's. */
const sameHostPort = (field: string, own: Value[]): Problem[] =>
  own.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, containerPort }: Value, at: number) =>
      hostPort && hostPort !== containerPort
        ? [
            invalid(
              `${field}[${index}].ports[${at}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  );

const padded = (field: string, given: Value[] = []): Problem[] =>
  given.flatMap(({ image = '' }, index) =>
    image === image.trim()
      ? []
      : [invalid(`${field}[${index}].image`, image, 'must not have leading or trailing whitespace')],
  );

export function pod(object: KubeObject, old?: KubeObject): Problem[] {
  const spec: Value = object['spec'];
  const problems = [
    ...podSpec('spec', spec),
    ...padded('spec.containers', spec.containers),
    ...padded('spec.initContainers', spec.initContainers),
  ];
  if (old) return [...problems, ...unchanged(spec, old['spec'])];
  if (spec.ephemeralContainers) problems.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  return problems;
}

const immutable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What a running Pod is made of stays, but for what is listed above. */
function unchanged(spec: Value, old: Value): Problem[] {
  for (const list of ['containers', 'initContainers'])
    if ((spec[list] ?? []).length !== (old[list] ?? []).length)
      return [forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
  const problems: Problem[] = [];
  const { tolerations: now = [], activeDeadlineSeconds: deadline } = spec;
  if (!(old.tolerations ?? []).every((each: Value) => now.some((other: Value) => equal(each, other))))
    problems.push(
      forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    );
  if (deadline === undefined && old.activeDeadlineSeconds !== undefined)
    problems.push(
      invalid('spec.activeDeadlineSeconds', deadline, 'must not update from a positive integer to nil value'),
    );
  else if (deadline > old.activeDeadlineSeconds)
    problems.push(invalid('spec.activeDeadlineSeconds', deadline, 'must be less than or equal to previous value'));

  const images = (list: string) =>
    spec[list]?.map((each: Value, index: number) => ({ ...each, image: old[list][index].image }));
  const compared = { ...spec, tolerations: old.tolerations, activeDeadlineSeconds: old.activeDeadlineSeconds };
  for (const list of ['containers', 'initContainers']) if (spec[list]) compared[list] = images(list);
  if (old.terminationGracePeriodSeconds < 0 && spec.terminationGracePeriodSeconds === 1)
    compared.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  // the schedulerʼs mark; gates can only go
  compared.schedulingGates = old.schedulingGates;
  const present = (value: Value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  if (!equal(present(compared), present(old))) problems.push(forbidden('spec', immutable));
  return problems;
}
