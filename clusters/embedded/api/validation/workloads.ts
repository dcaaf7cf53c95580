/** https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/apis/apps/validation/validation.go */
import type { KubeObject } from '../../objects.ts';
import { equal } from '../json.ts';
import { matches, requirementsOf } from '../selectors.ts';
import { labelSelector, labels } from './metadata.ts';
import { shape } from './names.ts';
import { podSpec } from './pod.ts';
import { Place, type Value } from './problem.ts';

const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: Value): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** The selector, and the template whose Pods it must select. */
function selectorAndTemplate(spec: Place, what: string, restartPolicies = ['Always']): void {
  const selector = spec.at('selector');
  const template = spec.at('template');
  const given = template.at('metadata').at('labels');
  // an absent selector selects nothing
  let selects = false;
  if (selector.value !== undefined) {
    const before = spec.problems.length;
    labelSelector(selector);
    const found = spec.problems.slice(before);
    if (isEmpty(selector.value)) selector.invalid(`empty selector is invalid for ${what}`);
    // a selector that is no good says nothing of the template
    if (found.some(({ field }) => field.startsWith('spec.selector.matchExpressions')))
      return selector.invalid('invalid label selector');
    selects = isEmpty(selector.value) || matches(requirementsOf(selector.value), given.value);
  } else if (what !== 'daemonset') selector.required();
  if (!selects) given.invalid('`selector` does not match template `labels`');
  labels(new Place('spec.template.labels', given.value, spec.problems));
  podSpec(template.at('spec'));
  const restart = template.at('spec').at('restartPolicy');
  if (restart.value) restart.oneOf(restartPolicies);
}

const percentMust = "a valid percent string must be a numeric string followed by an ending '%'";
const percent = shape(Infinity, '[0-9]+%', percentMust, '1%', '93%');

/** A number, or a percentage. */
function amount(rolling: Place, name: string): void {
  if (typeof rolling.value[name] === 'number') rolling.nonNegative(name);
  else rolling.at(name).follow(percent);
}

const isZero = (value: number | string): boolean => value === 0 || value === '0%';

function strategy(place: Place): void {
  const { type, rollingUpdate } = place.value;
  const rolling = place.at('rollingUpdate');
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) rolling.forbidden("may not be specified when strategy `type` is 'Recreate'");
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = rollingUpdate;
    amount(rolling, 'maxUnavailable');
    amount(rolling, 'maxSurge');
    const most = rolling.at('maxUnavailable');
    if (isZero(maxUnavailable) && isZero(maxSurge)) most.invalid('may not be 0 when `maxSurge` is 0');
    if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100)
      most.invalid('must not be greater than 100%');
  } else place.unsupported(['Recreate', 'RollingUpdate'], { Type: type, RollingUpdate: rollingUpdate ?? null });
}

function sameSelector(spec: Place, old?: KubeObject): void {
  if (old && !equal(spec.value.selector, old['spec'].selector)) spec.at('selector').invalid('field is immutable');
}

export function deployment(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  spec.nonNegative('replicas');
  selectorAndTemplate(spec, 'deployment');
  strategy(spec.at('strategy'));
  spec.nonNegative('minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds');
  if (spec.value.progressDeadlineSeconds <= (spec.value.minReadySeconds ?? 0))
    spec.at('progressDeadlineSeconds').invalid('must be greater than minReadySeconds');
  sameSelector(spec, old);
}

export function replicaSet(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  spec.nonNegative('replicas', 'minReadySeconds');
  selectorAndTemplate(spec, 'deployment');
  sameSelector(spec, old);
}

export function daemonSet(object: Place, old?: KubeObject): void {
  const spec = object.at('spec');
  selectorAndTemplate(spec, 'daemonset');
  spec.nonNegative('minReadySeconds', 'revisionHistoryLimit');
  sameSelector(spec, old);
}

export function job(object: Place): void {
  const spec = object.at('spec');
  spec.nonNegative('parallelism', 'completions', 'backoffLimit');
  selectorAndTemplate(spec, 'job', ['OnFailure', 'Never']);
}
