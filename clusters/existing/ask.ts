import type { KubeConfig } from '@kubernetes/client-node';

/** Milliseconds after which an API server that says nothing counts as absent. */
const patienceMs = 15_000;

/** Asks the API server; what goes wrong is told in its own words, or with its address and what to look at. */
export async function asked<T>(config: KubeConfig, question: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${patienceMs / 1000} s`)), patienceMs);
  try {
    return await Promise.race([question(), late.promise]);
  } catch (error) {
    throw new Error(explain(config, error as ApiFailure), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

interface ApiFailure extends Error {
  code?: number | string;
  body?: unknown;
}

function explain(config: KubeConfig, error: ApiFailure): string {
  const context = config.getCurrentContext();
  if (typeof error.code === 'number') {
    const said = messageIn(error.body) ?? error.message;
    return `the API server of the context "${context}" answered ${error.code}: ${said}`;
  }
  const { server } = config.getCurrentCluster() ?? {};
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return (
    `the API server of the context "${context}" (${server}) cannot be asked: ${error.message}${cause}; ` +
    `kubectl --context ${context} version should say the same`
  );
}

/** The sentence in a Status object, which the client gives as text or parsed. */
export function messageIn(body: unknown): string | undefined {
  if (typeof body !== 'string') return (body as { message?: string } | undefined)?.message;
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
