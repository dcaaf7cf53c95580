/** Volumes of a Pod: one source each, of those kinds that the embedded kubelet knows in detail, of others that they are alone. */
import { dnsLabel } from './names.ts';
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

const modes = 'must be a number between 0 and 0777 (octal), both inclusive';
const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const mode = (field: string, value: number | undefined): Problem[] =>
  value !== undefined && (value > 0o777 || value < 0) ? [invalid(field, value, modes)] : [];

function localPath(field: string, path = ''): Problem[] {
  const problems: Problem[] = [];
  if (path.startsWith('/')) problems.push(invalid(field, path, 'must be a relative path'));
  if (path.split('/').includes('..')) problems.push(invalid(field, path, "must not contain '..'"));
  if (path.startsWith('..') && !path.startsWith('../')) problems.push(invalid(field, path, "must not start with '..'"));
  return problems;
}

const items = (field: string, given: Value[] = []): Problem[] =>
  given.flatMap(({ key, path, mode: bits }, index) => [
    ...(key ? [] : [required(`${field}[${index}].key`)]),
    ...(path ? [] : [required(`${field}[${index}].path`)]),
    ...localPath(`${field}[${index}].path`, path),
    ...mode(`${field}[${index}].mode`, bits),
  ]);

const sources: Record<string, (field: string, value: Value) => Problem[]> = {
  emptyDir: () => [],
  hostPath: (field, { path = '', type = '' }) =>
    path === ''
      ? [required(`${field}.path`)]
      : [
          ...(path.split('/').includes('..') ? [invalid(`${field}.path`, path, "must not contain '..'")] : []),
          ...(hostPathTypes.includes(type) ? [] : [unsupported(`${field}.type`, type, hostPathTypes)]),
        ],
  secret: (field, value) => [
    ...(value.secretName ? [] : [required(`${field}.secretName`)]),
    ...mode(`${field}.defaultMode`, value.defaultMode),
    ...items(`${field}.items`, value.items),
  ],
  configMap: (field, value) => [
    ...(value.name ? [] : [required(`${field}.name`)]),
    ...mode(`${field}.defaultMode`, value.defaultMode),
    ...items(`${field}.items`, value.items),
  ],
  persistentVolumeClaim: (field, { claimName }) => (claimName ? [] : [required(`${field}.claimName`)]),
};

/** Problems, and the names of the volumes that a container may mount. */
export function volumes(field: string, given: Value[] = []): { problems: Problem[]; names: Set<string> } {
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const [index, { name = '', ...source }] of given.entries()) {
    const place = `${field}[${index}]`;
    const [first, ...more] = Object.keys(source);
    const found: Problem[] = [
      ...(first === undefined ? [] : (sources[first]?.(`${place}.${first}`, source[first]) ?? [])),
      ...more.map((each) => forbidden(`${place}.${each}`, 'may not specify more than 1 volume type')),
      ...(first === undefined ? [required(place, 'must specify a volume type')] : []),
      ...(name === '' ? [required(`${place}.name`)] : invalidFor(`${place}.name`, name, dnsLabel(name))),
      ...(names.has(name) ? [duplicate(`${place}.name`, name)] : []),
    ];
    if (found.length === 0) names.add(name);
    problems.push(...found);
  }
  return { problems, names };
}
