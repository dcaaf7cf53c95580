/**
 * Server-side apply: the applied configuration is merged into the object, what its manager applied before and no longer
 * applies is removed, and changing what others own is a conflict.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { ApiError, type KubeObject } from '../../objects.ts';
import { set } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { type Field, fieldAt, objectField } from '../schema/schema.ts';
import { compare, isBelow, isGranular, itemStep, join, pathText } from './fields.ts';
import { isSame, type Manager, managersOf, ownable, type Who } from './managers.ts';

type Json = Record<string, unknown>;

/** `live` with `applied` merged into it; neither is changed. */
function merge(live: unknown, applied: unknown, field: Field | undefined): unknown {
  if (!isGranular(field) || live === undefined || live === null || applied === null) return applied;
  if (field.kind === 'list') {
    const result = [...(live as unknown[])];
    for (const item of applied as unknown[]) {
      const at = result.findIndex((each) => itemStep(each, field) === itemStep(item, field));
      if (at === -1) result.push(item);
      else if (field.mapKeys) result[at] = merge(result[at], item, field.item);
    }
    return result;
  }
  const result: Json = { ...(live as Json) };
  for (const [key, value] of Object.entries(applied as Json))
    set(result, key, merge(Object.hasOwn(result, key) ? result[key] : undefined, value, fieldAt(field, key)));
  return result;
}

/** A copy without what is at the paths. */
function without(value: unknown, field: Field | undefined, paths: ReadonlySet<string>, path = ''): unknown {
  if (!isGranular(field) || value === undefined || value === null) return value;
  // most of an object is not touched
  if (![...paths].some((each) => path === '' || isBelow(each, path))) return value;
  if (field.kind === 'list')
    return (value as unknown[])
      .filter((item) => !paths.has(join(path, itemStep(item, field))))
      .map((item) => (field.mapKeys ? without(item, field.item, paths, join(path, itemStep(item, field))) : item));
  const result: Json = {};
  for (const [key, each] of Object.entries(value as Json)) {
    const place = join(path, `f:${key}`);
    if (!paths.has(place)) set(result, key, without(each, fieldAt(field, key), paths, place));
  }
  return result;
}

/** https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/managedfields/internal/conflict.go */
function conflictError(conflicts: { by: Manager; paths: string[] }[]): ApiError {
  const named = ({ manager, subresource, operation, apiVersion, time }: Manager) => {
    const below = subresource ? ` with subresource "${subresource}"` : '';
    const using = ` using ${apiVersion}${time ? ` at ${time}` : ''}`;
    return `"${manager}"${below}${operation === 'Update' ? using : ''}`;
  };
  const causes = conflicts.flatMap(({ by, paths }) => {
    const message = `conflict with ${named(by)}`;
    return paths.map((path) => ({ reason: 'FieldManagerConflict', message, field: pathText(path) }));
  });
  const texts = conflicts.map(({ by, paths }) =>
    paths.length === 1
      ? `conflict with ${named(by)}: ${pathText(paths[0] as string)}`
      : `conflicts with ${named(by)}:\n${paths.map((path) => `- ${pathText(path)}`).join('\n')}`,
  );
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  return new ApiError(409, 'Conflict', `Apply failed with ${count}: ${texts.join('\n')}`, { causes });
}

/** The object after the apply, and who owns what then. Throws 409 for conflicts, unless forced. */
export function apply(
  resource: Resource,
  live: KubeObject | undefined,
  config: KubeObject,
  who: Who,
  force: boolean,
): { object: KubeObject; managers: Manager[] } {
  const type = objectField(resource);
  const fields = new Set(ownable(resource, config, who, false).keys());
  const given = live ? managersOf(live) : [];
  const others = given.filter((each) => !isSame(each, who));
  const before = given.find((each) => isSame(each, who))?.fields ?? new Set<string>();
  const mine: Manager = { ...who, apiVersion: apiVersionOf(resource), fields };
  if (!live) return { object: config, managers: [mine] };

  const owned = [...fields, ...others.flatMap((each) => [...each.fields])];
  const isKept = (path: string) => owned.some((each) => each === path || isBelow(each, path));
  const abandoned = new Set([...before].filter((path) => !isKept(path)));
  const object = without(merge(live, config, type), type, abandoned) as KubeObject;

  const { changed, removed } = compare(ownable(resource, live, who, true), ownable(resource, object, who, true));
  const conflicts = others
    .map((by) => ({ by, paths: [...by.fields.intersection(changed)].toSorted() }))
    .filter(({ paths }) => paths.length > 0);
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const left = others.map((each) => ({ ...each, fields: each.fields.difference(changed).difference(removed) }));
  return { object, managers: [...left, mine] };
}
