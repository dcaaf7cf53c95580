/** What the run's profile allows; all in milliseconds. */
export interface Bounds {
  /** A change was accepted -> the whole matrix is right. */
  changeMs: number;
  /** Between looks in the first half second after a change. Absent: growing gaps. */
  everyMs?: number;
  /** The least and the most that the time-out of an attempt can be; in between it follows from allowed round trips. */
  attemptMs: { least: number; most: number };
  /** The longest time that steady traffic may go without an answer. */
  gapMs: { attempts: number; pages: number };
}

/** What the scenarios are told about the run: nothing about the CNI or the provider (design section 2). */
export interface WorldParameters {
  kubeconfig: string;
  /** The context of the kubeconfig that is meant. Absent: its current one. */
  context?: string;
  /** Unique among all runs on the cluster: a label, and a part of names. */
  runId: string;
  /** Who runs it, as JSON: an annotation, by which a crashed run is told from one that goes on. */
  runner: string;
  bounds: Bounds;
  /** Which of load/profiles says how much may be lost. */
  loadProfile: string;
  images: { node: string; postgres: string; k6: string; pause: string };
  /** What cannot be had here, by name, with the reason: its scenarios are skipped with it. */
  unavailable: Record<string, string>;
}
