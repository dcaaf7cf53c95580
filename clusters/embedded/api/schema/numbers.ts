/**
 * Field numbers of the API's types in protobuf, read from the tags of their Go source (types.go in k8s.io/api and
 * k8s.io/apimachinery, Apache-2.0): `Replicas *int32 json:"replicas,omitempty" protobuf:"varint,1,opt,name=replicas"`.
 *
 * Each type becomes one text, `replicas*=1 selector*=2 template=3`: a star marks a pointer, whose zero means zero and
 * not absent; `...core.VolumeSource=2` is a message whose fields stand in this type as if they were its own.
 */

const structStart = /^type (\w+) struct \{$/;
const fieldLine = /^\t(?:(\w+)\s+)?([*[\]\w.]+)\s+`.*json:"([^",]*)(,inline)?[^"]*".*protobuf:"\w+,(\d+),/;

/** `metav1.LabelSelector`, in the package `apps` -> `meta.LabelSelector`. */
function qualified(type: string, group: string): string {
  const [name = '', alias] = type.replace('*', '').split('.').toReversed();
  return `${alias?.replace(/v1$/, '') ?? group}.${name}`;
}

/** Go source by group (`core`, `meta` ...) -> type -> text, for the types in `wanted` and those inlined in them. */
export function numbersOf(sources: Record<string, string>, wanted: string[]): Record<string, string> {
  const all = new Map<string, string[]>();
  for (const [group, source] of Object.entries(sources)) {
    let fields: string[] | undefined;
    for (const line of source.split('\n')) {
      const start = structStart.exec(line);
      if (start) {
        fields = [];
        all.set(`${group}.${start[1]}`, fields);
      } else if (line === '}') fields = undefined;
      const [, , type = '', name = '', inline, number] = (fields && fieldLine.exec(line)) ?? [];
      if (number === undefined) continue;
      if (inline) fields?.push(`...${qualified(type, group)}=${number}`);
      else fields?.push(`${name}${type.startsWith('*') ? '*' : ''}=${number}`);
    }
  }
  const result: Record<string, string> = {};
  function add(name: string): void {
    const fields = all.get(name);
    if (!fields || result[name] !== undefined) return;
    result[name] = fields.join(' ');
    for (const each of fields) if (each.startsWith('...')) add(each.slice(3).split('=')[0] as string);
  }
  for (const name of wanted) add(name);
  return Object.fromEntries(Object.entries(result).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
