import type { Envelope, Feature, GherkinDocument, Scenario as GherkinScenario, Pickle } from '@cucumber/messages';
import type { Level, Scenario } from './model.ts';

/** How a scenario is called in every report. */
export type ScenarioName = Required<Pick<Scenario, 'id' | 'feature' | 'area' | 'name' | 'source' | 'tags' | 'level'>>;

/** Names scenarios by all that cucumber announces before it runs any: an id does not depend on what was selected. */
export function createNames() {
  const documents = new Map<string, GherkinDocument>();
  const pickles = new Map<string, Pickle[]>();
  const uris = new Map<string, string>();
  const keywords = new Map<string, string>();
  let named = new Map<string, ScenarioName>();

  return {
    envelope({ gherkinDocument, pickle }: Envelope): void {
      if (gherkinDocument?.uri !== undefined) {
        documents.set(gherkinDocument.uri, gherkinDocument);
        for (const { background, scenario } of childrenOf(gherkinDocument.feature))
          for (const { id, keyword } of (background ?? scenario)?.steps ?? []) keywords.set(id, keyword.trim());
      }
      if (pickle === undefined) return;
      pickles.set(pickle.uri, [...(pickles.get(pickle.uri) ?? []), pickle]);
      uris.set(pickle.id, pickle.uri);
      if (named.size > 0) named = new Map();
    },
    /** Throws when no such pickle was announced. */
    of(pickleId: string): ScenarioName {
      const uri = uris.get(pickleId);
      if (uri === undefined) throw new Error(`no scenario was announced under ${pickleId}`);
      if (!named.has(pickleId)) {
        for (const [id, name] of nameAll(uri, documents.get(uri), pickles.get(uri) ?? [])) named.set(id, name);
      }
      return named.get(pickleId) as ScenarioName;
    },
    /** "Given", "When" ... of a step of a feature file. */
    keyword: (stepId: string): string | undefined => keywords.get(stepId),
  };
}

function nameAll(uri: string, document: GherkinDocument | undefined, pickles: Pickle[]): Map<string, ScenarioName> {
  const path = uri
    .replaceAll('\\', '/')
    .replace(/^(.*\/)?features\//, '')
    .replace(/\.feature(\.md)?$/, '');
  const scenarios = childrenOf(document?.feature).flatMap(({ scenario }) => scenario ?? []);
  const taken = new Map<string, number>();
  return new Map(
    pickles.map((pickle) => {
      const scenario = scenarios.find(({ id }) => id === pickle.astNodeIds[0]);
      const name = nameOf(pickle, scenario);
      const base = `${path}/${slug(name)}`;
      const count = (taken.get(base) ?? 0) + 1;
      taken.set(base, count);
      const tags = pickle.tags.map((tag) => tag.name);
      return [
        pickle.id,
        {
          id: count === 1 ? base : `${base}-${count}`,
          feature: document?.feature?.name || path,
          area: path.split('/')[0] as string,
          name,
          source: pickle.location ? `${uri}:${pickle.location.line}` : uri,
          tags: [...new Set(tags)],
          level: levelOf(tags),
        },
      ];
    }),
  );
}

/** What a feature has, and what its rules have. */
const childrenOf = (feature: Feature | undefined) =>
  feature?.children.flatMap(({ rule, ...child }) => [child, ...(rule?.children ?? [])]) ?? [];

/** An outline's rows whose name holds no placeholder are told apart by their values. */
function nameOf(pickle: Pickle, scenario: GherkinScenario | undefined): string {
  const name = pickle.name.trim() || 'a scenario without a name';
  const [, rowId] = pickle.astNodeIds;
  if (scenario === undefined || rowId === undefined || scenario.name !== pickle.name) return name;
  const row = scenario.examples.flatMap((examples) => examples.tableBody).find(({ id }) => id === rowId);
  return row === undefined ? name : `${name} (${row.cells.map((cell) => cell.value).join(', ')})`;
}

export function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join('-') ?? 'scenario';
}

/** The tag nearest to the scenario decides; cucumber lists the feature's first. Nothing said means core: judged. */
function levelOf(tags: string[]): Level {
  const tag = tags.findLast((each) => each === '@core' || each === '@extended' || each === '@observed');
  return (tag?.slice(1) as Level | undefined) ?? 'core';
}
