/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/apps/validation/validation.go */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { matches, requirementsOf } from '../selectors.ts';
import { labelSelector, labels } from './metadata.ts';
import { podSpec } from './pod.ts';
import { forbidden, invalid, type Problem, required, unsupported, type Value } from './problem.ts';

const nonNegative = (field: string, value: number | undefined): Problem[] =>
  value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];

const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: Value): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** The selector, and the template whose Pods it must select. */
function selectorAndTemplate(spec: Value, what: string, restartPolicies: string[]): Problem[] {
  const { selector, template = {} } = spec;
  const problems: Problem[] = [];
  const other = invalid(
    'spec.template.metadata.labels',
    template.metadata?.labels,
    '`selector` does not match template `labels`',
  );
  if (selector === undefined) {
    // an absent selector selects nothing
    if (what !== 'daemonset') problems.push(required('spec.selector'));
    problems.push(other);
  } else {
    const found = labelSelector('spec.selector', selector);
    problems.push(...found);
    if (isEmpty(selector)) problems.push(invalid('spec.selector', selector, `empty selector is invalid for ${what}`));
    const given = template.metadata?.labels;
    // a selector that is no good says nothing of the template
    if (found.some(({ field }) => field.startsWith('spec.selector.matchExpressions')))
      return [...problems, invalid('spec.selector', selector, 'invalid label selector')];
    if (!isEmpty(selector) && !matches(requirementsOf(selector), given)) problems.push(other);
  }
  problems.push(...labels('spec.template.labels', template.metadata?.labels));
  const pod = template.spec ?? {};
  problems.push(...podSpec('spec.template.spec', pod));
  if (pod.restartPolicy && !restartPolicies.includes(pod.restartPolicy))
    problems.push(unsupported('spec.template.spec.restartPolicy', pod.restartPolicy, restartPolicies));
  return problems;
}

const always = ['Always'];

/** A number, or a percentage. */
function amount(field: string, value: number | string): Problem[] {
  if (typeof value === 'number') return nonNegative(field, value);
  return /^\d+%$/.test(value)
    ? []
    : [
        invalid(
          field,
          value,
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
      ];
}

const isZero = (value: number | string): boolean => value === 0 || value === '0%';

function strategy({ type, rollingUpdate }: Value): Problem[] {
  const field = 'spec.strategy';
  const types = ['Recreate', 'RollingUpdate'];
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate')
    return [unsupported(field, { Type: type, RollingUpdate: rollingUpdate ?? null }, types)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const problems = [
    ...amount(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable),
    ...amount(`${field}.rollingUpdate.maxSurge`, maxSurge),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge))
    problems.push(
      invalid(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    );
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100)
    problems.push(invalid(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  return problems;
}

const sameSelector = (spec: Value, old: Value): Problem[] =>
  old === undefined || equal(spec.selector, old.selector)
    ? []
    : [invalid('spec.selector', spec.selector, 'field is immutable')];

export function deployment({ spec }: KubeObject, old?: KubeObject): Problem[] {
  const problems = [
    ...nonNegative('spec.replicas', spec.replicas),
    ...selectorAndTemplate(spec, 'deployment', always),
    ...strategy(spec.strategy),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds),
  ];
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0))
    problems.push(
      invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'),
    );
  return [...problems, ...sameSelector(spec, old?.['spec'])];
}

export const replicaSet = ({ spec }: KubeObject, old?: KubeObject): Problem[] => [
  ...nonNegative('spec.replicas', spec.replicas),
  ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...selectorAndTemplate(spec, 'deployment', always),
  ...sameSelector(spec, old?.['spec']),
];

export const daemonSet = ({ spec }: KubeObject, old?: KubeObject): Problem[] => [
  ...selectorAndTemplate(spec, 'daemonset', always),
  ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ...sameSelector(spec, old?.['spec']),
];

export const job = ({ spec }: KubeObject): Problem[] => [
  ...nonNegative('spec.parallelism', spec.parallelism),
  ...nonNegative('spec.completions', spec.completions),
  ...nonNegative('spec.backoffLimit', spec.backoffLimit),
  ...selectorAndTemplate(spec, 'job', ['OnFailure', 'Never']),
];
