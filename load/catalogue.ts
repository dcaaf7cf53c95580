import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A script of load/scripts that `netvet load` can run. */
export interface Script {
  name: string;
  /** What it is for, in a sentence. */
  about: string;
  /** Which of the backends' ports it asks. */
  port: 'http' | 'https' | 'grpc';
  /** Requests a second unless told otherwise. */
  rate: number;
  /** Seconds of one round on one path unless told otherwise. */
  seconds: number;
  /** Whether the backends need their database. */
  database: boolean;
  /** What rounds are compared by: the median latency, or the rate at the knee. */
  figure: 'p50' | 'knee';
}

const usual = { port: 'http', rate: 100, seconds: 3, database: false, figure: 'p50' } as const;

const script = (name: string, about: string, more?: Partial<Script>): Script => ({ ...usual, name, about, ...more });

/** The scripts, the usual one first. */
export const scripts: readonly Script[] = [
  script('connect-per-request', 'constant rate, each request on a connection of its own'),
  script('keep-alive', 'constant rate, connections stay open', { rate: 200 }),
  script('ramp', 'a rate that rises in steps: where the knee is', { rate: 1600, seconds: 16, figure: 'knee' }),
  script('soak', 'a moderate rate for a long time', { rate: 50, seconds: 60 }),
  script('large-body', 'answers of 1 MB', { rate: 10 }),
  script('http2', 'HTTP/2 over TLS', { port: 'https' }),
  script('websocket', 'WebSocket connections that are held open, a message and its echo'),
  script('grpc', 'gRPC calls over connections that stay open', { port: 'grpc' }),
  script('shop', 'visitors of the shop: frontend Service, database Service', { rate: 10, database: true }),
];

const directory = join(import.meta.dirname, 'scripts');

/** The name under which k6 is given a script together with recorded.ts. */
export const entryName = (script: string): string => `${script}.recorded.js`;

/** A script together with what prints k6's totals in the end, and its pauses; it lies in the same directory. */
export const entryOf = (script: string): string =>
  [
    `import { options as given } from './${script}.ts';`,
    "import { watched } from './recorded.ts';",
    `export * from './${script}.ts';`,
    `export { default } from './${script}.ts';`,
    "export { handleSummary, watch } from './recorded.ts';",
    'export const options = watched(given);\n',
  ].join('\n');

/** All of load/scripts that k6 is given, by file name: k6 strips their types itself. */
export function scriptFiles(): Record<string, string> {
  const names = readdirSync(directory).filter((name) => /\.(ts|proto)$/.test(name) && !name.endsWith('.d.ts'));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
  const runnable = names.filter((name) => /^export .*default/m.test(files[name] as string));
  const entries = runnable.map((name) => name.replace(/\.ts$/, '')).map((name) => [entryName(name), entryOf(name)]);
  return { ...files, ...Object.fromEntries(entries) };
}
