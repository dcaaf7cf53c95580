/** What the scenarios are told about the run: nothing about the CNI or the provider (design section 2). */
export interface WorldParameters {
  kubeconfig: string;
  /** The context of the kubeconfig that is meant. Absent: its current one. */
  context?: string;
  /** Unique among all runs on the cluster: a label, and a part of names. */
  runId: string;
  /** Who runs it, as JSON: an annotation, by which a crashed run is told from one that goes on. */
  runner: string;
  /** Milliseconds a change may take until the whole matrix is right. */
  budgetMs: number;
  /** Changes are looked at every 20 ms at first, not at growing gaps. */
  fine: boolean;
  /** Milliseconds after which an unanswered probe counts as unanswered. */
  probeTimeoutMs: number;
  /** Which of load/profiles says how much may be lost. */
  loadProfile: string;
  images: { node: string; postgres: string; k6: string; pause: string };
  /** What cannot be had here, by name, with the reason: its scenarios are skipped with it. */
  unavailable: Record<string, string>;
}
