import { type ContextIn, configOf, lackingOf, sentenceOf, userOf } from '../clusters/existing/index.ts';
import { optionalPermissions, type Permission, permissions } from '../steps/permissions.ts';
import { UsageError } from './usage.ts';

const oneRole = 'docs/existing-clusters.md has one ClusterRole with all that a run needs';

/** UsageError with each permission that the user lacks; returns the optional ones that lack: capability -> reason. */
export async function checkAccess(where: ContextIn, more: Permission[] = []): Promise<Record<string, string>> {
  const config = configOf(where);
  const [lacking, optional, user] = await Promise.all([
    lackingOf(config, [...permissions, ...more]),
    lackingOf(config, optionalPermissions),
    userOf(config),
  ]);
  if (lacking.length > 0) throw new UsageError([...lacking.map((each) => sentenceOf(each, user)), oneRole]);
  return Object.fromEntries(optional.map((each) => [each.capability, sentenceOf(each, user)]));
}
