/** Pods of an Indexed Job: https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode */

import type { Job, Pod } from '../../kinds.ts';
import type { KubeObject } from '../../objects.ts';

const key = 'batch.kubernetes.io/job-completion-index';
const variable = 'JOB_COMPLETION_INDEX';

/** The completion index of a Pod; NaN when it has none. */
export const indexOf = ({ metadata }: Pod): number => Number(metadata.annotations?.[key] ?? Number.NaN);

/** The Pod that works on an index: it says so in an annotation, a label, a variable and its host name. */
export function indexed(template: KubeObject, job: Job, index: number): KubeObject {
  const { labels, annotations } = template.metadata;
  const { name } = job.metadata;
  const env = { name: variable, valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${key}']` } } };
  const withIndex = (containers: { env?: { name: string }[] }[] = []) =>
    containers.map((container) => {
      const given = container.env ?? [];
      return given.some(({ name }) => name === variable) ? container : { ...container, env: [...given, env] };
    });
  const { containers, initContainers, ...spec } = template['spec'];
  return {
    ...template,
    metadata: {
      ...template.metadata,
      generateName: `${name}-${index}-`,
      labels: { ...labels, [key]: String(index) },
      annotations: { ...annotations, [key]: String(index) },
    },
    spec: {
      hostname: `${name}-${index}`,
      ...spec,
      containers: withIndex(containers),
      ...(initContainers && { initContainers: withIndex(initContainers) }),
    },
  };
}
