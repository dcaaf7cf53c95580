/** What a k6 Pod is to do. */
export interface K6Options {
  /** One of load/scripts, without its ending. */
  script: string;
  /** What the script is told; its head says what each means. */
  env: Record<string, string | number>;
  /** Binds it to this node. Absent: the scheduler chooses. */
  node?: string;
  /** On the node's own network. */
  hostNetwork?: boolean;
}

/** Options of `k6 run` for a script that records each request. None has a space in it. */
export const k6Arguments = ({ env }: Pick<K6Options, 'env'>): string[] => [
  '--log-format=raw',
  ...Object.entries({ ...env, RECORD: 1 }).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
];

/** A test says nothing to anybody, and needs nothing but what is here. */
export const k6Environment = [
  { name: 'K6_NO_USAGE_REPORT', value: 'true' },
  { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' },
];
