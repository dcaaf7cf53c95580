import { Writable } from 'node:stream';
import { type IRunEnvironment, loadConfiguration, loadSources, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope, Pickle } from '@cucumber/messages';
import type { Cluster } from '../clusters/cluster.ts';
import { thisRunner } from '../clusters/existing/runner.ts';
import { createNames, type ScenarioName } from '../report/index.ts';
import { mediaTypes } from '../steps/outcome.ts';
import type { Bounds, WorldParameters } from '../steps/parameters.ts';
import { type PaceOptions, paceCucumber } from './pace/index.ts';
import { packageRoot } from './paths.ts';

export interface SuiteOptions {
  /** Cucumber tag expression, '' for all. */
  tags: string;
  /** Scenarios at once, at most; they mostly wait. */
  parallel: number;
  onPace?: PaceOptions['onPace'];
  repeat: number;
  /** A feature file beside those of netvet. */
  generated?: string;
  world: WorldParameters;
  /** Places of scenarios (features/x.feature:12), file by file in the order in which they are to run. Default: all. */
  places?: string[];
  onEnvelope(this: void, envelope: Envelope): void;
}

/** The configuration of a run of cucumber; with no options it selects all. */
function configuration(options: Partial<Omit<SuiteOptions, 'onEnvelope'>> & { import?: string[]; dryRun?: boolean }) {
  const { places = ['features/**/*.feature'], generated } = options;
  const provided = {
    paths: [...places, ...(generated === undefined ? [] : [generated])],
    import: options.import ?? ['steps/light-client.ts', 'steps/support.ts', 'steps/**/*.steps.ts'],
    dryRun: options.dryRun ?? false,
    tags: options.tags ?? '',
    parallel: options.parallel ?? 0,
    order: 'defined' as const,
    format: [],
    plugin: ['./cli/repeat-plugin.ts'],
    pluginOptions: { repeat: options.repeat ?? 1, given: options.places !== undefined },
    worldParameters: options.world ? { ...options.world } : {},
  };
  return loadConfiguration({ file: false, provided }, environment);
}

// cucumber's own progress has no place beside netvet's; what it says of step files that do not load has
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
const environment: IRunEnvironment = { cwd: packageRoot, stdout: nowhere, stderr: process.stderr };

/** How many scenarios a tag expression selects. Throws with cucumber's own words when the expression cannot be read. */
export async function countScenarios(tags: string, generated?: string): Promise<number> {
  const { runConfiguration } = await configuration({ tags, ...(generated !== undefined && { generated }) });
  const { plan, errors } = await loadSources(runConfiguration.sources, environment);
  if (errors.length > 0) throw new Error(errors.map((error) => `${error.uri}: ${error.message}`).join('\n'));
  return plan.length;
}

/** Every scenario of features/, named as in run.json, in the order of the files. Nothing is run. */
export async function allScenarios(): Promise<(ScenarioName & { description: string })[]> {
  const { runConfiguration } = await configuration({ import: [], dryRun: true });
  const names = createNames();
  const descriptions = new Map<string, string>();
  const pickles: Pickle[] = [];
  await runCucumber(runConfiguration, environment, (envelope) => {
    names.envelope(envelope);
    const { gherkinDocument, pickle } = envelope;
    if (gherkinDocument?.uri !== undefined)
      descriptions.set(gherkinDocument.uri, gherkinDocument.feature?.description ?? '');
    if (pickle) pickles.push(pickle);
  });
  return pickles.map(({ id, uri }) => ({ ...names.of(id), description: descriptions.get(uri) ?? '' }));
}

/** Runs the scenarios against a cluster. Every result arrives through `onEnvelope`; the caller judges. */
export async function runSuite(options: SuiteOptions): Promise<void> {
  const { runConfiguration } = await configuration(options);
  const pace = paceCucumber({ most: options.parallel, ...(options.onPace && { onPace: options.onPace }) });
  await runCucumber(runConfiguration, environment, (envelope) => {
    if (voidLooks(envelope) > 0) pace.stoodStill();
    options.onEnvelope(envelope);
  });
}

/** Looks that did not count because an observer stood still, as a scenario attached them. */
function voidLooks({ attachment }: Envelope): number {
  if (attachment?.mediaType !== mediaTypes.looks) return 0;
  return (JSON.parse(attachment.body) as { void: number }).void;
}

/** Tells the suite's threads to make nothing more: the run was cut short, and its objects are being deleted. */
export function stopSuite(): void {
  const channel = new BroadcastChannel('netvet-stop');
  channel.postMessage('stop');
  channel.close();
}

/** The image's name in a registry that mirrors all: without its own registry, with Docker Hub's hidden `library`. */
export function mirrored(image: string, registry: string): string {
  const [host = '', ...rest] = image.split('/');
  if (rest.length === 0) return `${registry}/library/${image}`;
  return `${registry}/${/[.:]/.test(host) ? rest.join('/') : image}`;
}

/** Which of load/profiles a kind of cluster is judged by. */
export const profileFor = (provider: Cluster['provider']): string => (provider === 'embedded' ? 'embedded' : 'real');

/** What the scenarios are told of the cluster and the run. */
export function worldParameters(
  { kubeconfig, context, provider }: Cluster,
  run: {
    mark: string;
    profile: Bounds;
    unavailable: Record<string, string>;
    existing?: object;
    registry?: string;
  },
): WorldParameters {
  // nodes of kind are told of the mirror themselves
  const from = (image: string) => (run.existing && run.registry ? mirrored(image, run.registry) : image);
  return {
    kubeconfig,
    ...(context !== undefined && { context }),
    runId: run.mark,
    runner: JSON.stringify(thisRunner()),
    bounds: run.profile,
    loadProfile: profileFor(provider),
    images: {
      node: from('node:24'),
      postgres: from('postgres:17'),
      k6: from('grafana/k6:2.2.0'),
      pause: from('registry.k8s.io/pause:3.10'),
    },
    unavailable: run.unavailable,
  };
}
