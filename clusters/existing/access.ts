import { AuthenticationV1Api, AuthorizationV1Api, type KubeConfig } from '@kubernetes/client-node';
import { quoted } from '../machine.ts';
import { asked } from './ask.ts';

/** Something that a user must be allowed to do, in the words of RBAC. */
export interface Need {
  /** API group; empty for the core group. */
  group: string;
  /** `pods`, `pods/exec`. */
  resource: string;
  verbs: string[];
  /** Absent: in every namespace. */
  namespace?: string;
  /** Completes the sentence "... which netvet needs to". */
  why: string;
}

/** Asks the API server (SelfSubjectAccessReview) what its user may do. Returns, in order, what is not allowed. */
export async function lackingOf<N extends Need>(config: KubeConfig, needs: readonly N[]): Promise<N[]> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const allowed = async ({ group, resource, namespace = '' }: Need, verb: string): Promise<boolean> => {
    const [plural = '', subresource = ''] = resource.split('/');
    const resourceAttributes = { group, resource: plural, subresource, namespace, verb };
    const body = { spec: { resourceAttributes } };
    const { status } = await asked(config, () => api.createSelfSubjectAccessReview({ body }));
    return status?.allowed === true;
  };
  const answers = await Promise.all(
    needs.map(async (need) => {
      const verbs = await Promise.all(need.verbs.map(async (verb) => ((await allowed(need, verb)) ? [] : [verb])));
      return { ...need, verbs: verbs.flat() };
    }),
  );
  return answers.filter(({ verbs }) => verbs.length > 0);
}

/** What the API server calls its user; undefined where it does not tell (Kubernetes before 1.28). */
export async function userOf(config: KubeConfig): Promise<string | undefined> {
  const api = config.makeApiClient(AuthenticationV1Api);
  const review = await api.createSelfSubjectReview({ body: {} }).catch(() => undefined);
  return review?.status?.userInfo?.username;
}

/** One sentence on what is lacking, and the line that an administrator would type. */
export function sentenceOf({ group, resource, verbs, namespace, why }: Need, user: string | undefined): string {
  // pods/exec of no group, deployments.apps/scale
  const qualified = group === '' ? resource : resource.replace(/(?=\/)|$/, `.${group}`);
  const [kind, where, scope] =
    namespace === undefined ? ['clusterrole', '', ''] : ['role', ` in ${namespace}`, ` --namespace=${namespace}`];
  const name = `netvet-${resource.replace('/', '-')}`;
  const grant =
    `kubectl create ${kind} ${name}${scope} --verb=${verbs.join(',')} --resource=${qualified} && ` +
    `kubectl create ${kind}binding ${name}${scope} --${kind}=${name} --user=${quoted(user ?? 'USER')}`;
  const needed = `${inWords(verbs)} ${qualified}${where}, which netvet needs to ${why}`;
  return `${user ?? 'this user'} may not ${needed}: ${grant}`;
}

const inWords = (verbs: string[]): string =>
  verbs.length === 1 ? (verbs[0] as string) : `${verbs.slice(0, -1).join(', ')} or ${verbs.at(-1)}`;
