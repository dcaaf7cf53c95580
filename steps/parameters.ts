/** What the scenarios are told about the run: nothing about the CNI or the provider (design section 2). */
export interface WorldParameters {
  kubeconfig: string;
  runId: string;
  /** Milliseconds a change may take until the whole matrix is right. */
  budgetMs: number;
  /** Milliseconds after which an unanswered probe counts as unanswered. */
  probeTimeoutMs: number;
  images: { node: string; postgres: string; k6: string; pause: string };
  /** What cannot be had here, by name, with the reason: its scenarios are skipped with it. */
  unavailable: Record<string, string>;
}
