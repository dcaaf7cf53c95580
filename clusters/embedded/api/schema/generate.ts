/**
 * Boils the API's own description (api/openapi-spec/v3 in the Go module k8s.io/kubernetes, Apache-2.0) down to
 * what the server works with: for each type its fields, and for each field a short text, which schema.ts reads.
 *
 *   int32 required                                      a scalar
 *   []core.ContainerPort map(containerPort,protocol)    a list whose items these fields tell apart (server-side apply)
 *   []core.Container merge(name)                        a list that a strategic merge patch merges by this field
 *   {}string                                            a map
 *   meta.LabelSelector atomic                           replaced as a whole by server-side apply
 */

export interface Definition {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: Definition[];
  default?: unknown;
  items?: Definition;
  additionalProperties?: Definition;
  properties?: Record<string, Definition>;
  required?: string[];
  [extension: `x-kubernetes-${string}`]: unknown;
}

const scalars: Record<string, string> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intstr',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microtime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
};

/** `io.k8s.api.core.v1.PodSpec` -> `core.PodSpec`. */
const shortName = (name: string): string => name.split('.').toSpliced(-2, 1).slice(-2).join('.');

const reference = ({ $ref, allOf }: Definition): string | undefined =>
  ($ref ?? allOf?.[0]?.$ref)?.replace('#/components/schemas/', '');

type Types = Record<string, Record<string, string>>;

/** The types that `roots` (as `core.Pod`) are made of, each as field -> text. */
export function boilDown(definitions: Record<string, Definition>, roots: string[]): Types {
  const byShortName = new Map(
    Object.keys(definitions)
      .filter((name) => /\.v1\.[^.]+$/.test(name))
      .map((name) => [shortName(name), name]),
  );
  const types: Types = {};

  function typeText(definition: Definition): string {
    const target = reference(definition);
    if (target !== undefined) {
      const scalar = scalars[target];
      if (scalar !== undefined) return scalar;
      add(shortName(target));
      return shortName(target);
    }
    if (definition.items) return `[]${typeText(definition.items)}`;
    if (definition.additionalProperties) return `{}${typeText(definition.additionalProperties)}`;
    if (definition.type === 'object') return 'any';
    if (definition.format === 'byte') return 'bytes';
    return definition.format ?? definition.type ?? 'any';
  }

  function fieldText(definition: Definition, required: boolean): string {
    const words = [typeText(definition)];
    const list: unknown = definition['x-kubernetes-list-type'];
    const keys = definition['x-kubernetes-list-map-keys'] as string[] | undefined;
    const target = definitions[reference(definition) ?? ''];
    const mapType = definition['x-kubernetes-map-type'] ?? target?.['x-kubernetes-map-type'];
    if (list === 'map') words.push(`map(${keys?.join(',')})`);
    if (list === 'set') words.push('set');
    if (mapType === 'atomic' && words[0] !== 'any') words.push('atomic');
    const strategy = (definition['x-kubernetes-patch-strategy'] as string | undefined)?.split(',') ?? [];
    const key = definition['x-kubernetes-patch-merge-key'];
    if (strategy.includes('merge')) words.push(`merge(${typeof key === 'string' ? key : ''})`);
    if (typeof definition.default === 'string' && definition.default !== '')
      words.push(`default(${definition.default})`);
    if (required) words.push('required');
    return words.join(' ');
  }

  function add(name: string): void {
    const definition = definitions[byShortName.get(name) ?? ''];
    if (!definition) throw new Error(`no definition of ${name}`);
    if (types[name]) return;
    const fields: Record<string, string> = {};
    types[name] = fields;
    for (const [field, value] of Object.entries(definition.properties ?? {}))
      fields[field] = fieldText(value, definition.required?.includes(field) ?? false);
  }

  for (const root of roots) add(root);
  return Object.fromEntries(Object.entries(types).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
