import {
  type Difference,
  differenceOf,
  distributionOf,
  isLost,
  isNarrow,
  kneeOf,
  latencyOf,
  longPausesMs,
  lossOf,
  poolOf,
  type Request,
  type RoundFigures,
  rampSteps,
  rateProblem,
  type Script,
  seriesOf,
  undecided,
} from '../../load/index.ts';
import { type Load, type LoadDifference, type LoadSeries, sum } from '../../report/index.ts';
import { type PathKind, pathNames, pathsOf, type RoundResult, type Usage } from '../../steps/paths/index.ts';

export const rampStepCount = 8;

/** A round's first second warms everything up: it is in the account, and not in the latencies. */
const warmUpMs = 1_000;

/** What is compared with what, the one that decides first. */
const pairs: readonly [of: PathKind, from: PathKind][] = [
  ['service', 'direct'],
  ['host', 'service'],
];

interface Round extends RoundResult {
  startedMs: number;
  figure: number;
  usage: Usage[];
  /** Requests on the round's own path, and those of them that count for latencies. */
  own: Request[];
  warm: Request[];
}

/** Whether k6 did not stand still for long in a round: what such a round measured is k6. */
const isSound = ({ recording }: Round): boolean => longPausesMs(recording.pauses) === 0;

/** All rounds of a load, and what they come to at any time. */
export class Results {
  readonly #script: Script;
  readonly #load: { rate: number; seconds: number };
  readonly #rounds: Round[] = [];
  #agreed = 0;
  readonly paths: readonly PathKind[];

  /** `paths`: those that are loaded. */
  constructor(script: Script, load: { rate: number; seconds: number }, paths = pathsOf(false)) {
    this.#script = script;
    this.#load = load;
    this.paths = paths;
  }

  /** `usageOf`: what was used between two moments of the client's clock. */
  add(result: RoundResult, usageOf: (from: number, to: number) => Usage[] = () => []): void {
    const own = result.recording.requests.filter(({ kind }) => kind === result.path);
    const startedMs = own.reduce((least, request) => Math.min(least, request.startedMs), Number.POSITIVE_INFINITY);
    // the first second of the runner that began last
    const warmMs = startedMs + result.apartMs + warmUpMs;
    const warm = own.filter((request) => request.startedMs >= warmMs && lossOf(request) === undefined);
    const figure =
      this.#script.figure === 'knee'
        ? kneeOf(rampSteps(own, { ...this.#load, steps: rampStepCount }))
        : latencyOf(warm.map(({ ms }) => ms)).p50;
    const usage = usageOf(warmMs, startedMs + 1000 * this.#load.seconds);
    this.#rounds.push({ ...result, startedMs, own, warm, figure, usage });
  }

  /** Both sides agree on all rounds so far. */
  agree(): void {
    this.#agreed = this.#rounds.length;
  }

  /** Takes away the rounds since then: no account was taken of them. */
  discardRest(): void {
    this.#rounds.length = this.#agreed;
  }

  /** Figures that both sides do not agree on are nobody's figures. */
  discard(): void {
    this.#rounds.length = 0;
  }

  #on(path: PathKind): Round[] {
    return this.#rounds.filter((round) => round.path === path);
  }

  /** Rounds that all paths have had. */
  get complete(): number {
    return Math.min(...this.paths.map((path) => this.#on(path).length));
  }

  get requests(): number {
    return sum(this.#rounds.map(({ own }) => own.length));
  }

  /** Milliseconds between the first and the last of several runners, in the round in which they were farthest apart. */
  get apartMs(): number {
    return Math.max(0, ...this.#rounds.map(({ apartMs }) => apartMs));
  }

  /** Requests lost on a path. */
  lost(path: PathKind): number {
    return this.#sentOn(path).filter(isLost).length;
  }

  /** Why nobody can say whether more than so many were lost on a path; undefined: it is known. */
  undecided(path: PathKind, allowed: number): string | undefined {
    return undecided(this.#sentOn(path), allowed);
  }

  /** Why the load that was asked for was not made; undefined: it was. */
  get rateProblem(): string | undefined {
    const runners = Math.max(1, ...this.#rounds.map(({ exitCodes }) => exitCodes.length));
    return rateProblem(poolOf(this.#rounds.map(({ recording }) => recording)), this.#load.rate / runners);
  }

  #sentOn(path: PathKind): Request[] {
    return this.#on(path).flatMap(({ own }) => own);
  }

  get #figures(): RoundFigures[] {
    const most = Math.max(0, ...this.paths.map((path) => this.#on(path).length));
    return Array.from({ length: most }, (_, i) =>
      Object.fromEntries(
        this.paths.flatMap((path) => {
          const round = this.#on(path)[i];
          return round === undefined || !isSound(round) ? [] : [[path, round.figure]];
        }),
      ),
    );
  }

  #base(path: PathKind): number {
    const rounds = this.#on(path).filter(isSound);
    return sum(rounds.map(({ figure }) => figure)) / rounds.length;
  }

  get differences(): Difference[] {
    return pairs.flatMap(([of, from]) => differenceOf(this.#figures, of, from) ?? []);
  }

  /** Half the interval of the difference that decides, in percent of its base; undefined: not known yet. */
  get precision(): number | undefined {
    const [first] = this.differences;
    return first && (50 * (first.high - first.low)) / this.#base(first.from as PathKind);
  }

  isNarrow(tolerance: number): boolean {
    const [first] = this.differences;
    return first !== undefined && isNarrow(first, this.#base(first.from as PathKind), tolerance);
  }

  get unit(): string {
    return this.#script.figure === 'knee' ? 'requests/s' : 'ms';
  }

  /** The section of run.json. */
  section(scenario: string): Load {
    const began = Math.min(...this.#rounds.map(({ startedMs }) => startedMs));
    return {
      scenario,
      script: this.#script.name,
      series: this.paths.filter((path) => this.#on(path).length > 0).map((path) => this.#series(path, began)),
      differences: this.differences.map(
        (each): LoadDifference => ({
          ...each,
          of: pathNames[each.of as PathKind],
          from: pathNames[each.from as PathKind],
          figure: this.#script.figure,
          unit: this.unit,
          base: this.#base(each.from as PathKind),
        }),
      ),
      events: [],
    };
  }

  #series(path: PathKind, began: number): LoadSeries {
    const rounds = this.#on(path);
    const warm = rounds.flatMap((round) => round.warm.map(({ ms }) => ms));
    const middle = rounds.toSorted((a, b) => a.figure - b.figure)[Math.floor(rounds.length / 2)];
    const ramp = { ...this.#load, steps: rampStepCount };
    const pauses = rounds.flatMap(({ recording }) => recording.pauses);
    return {
      ...seriesOf(pathNames[path], this.#sentOn(path), began, pauses),
      latency: latencyOf(warm),
      rounds: rounds.map(({ startedMs, figure }) => ({ second: (startedMs - began) / 1000, value: figure })),
      distribution: distributionOf(warm),
      ...(this.#script.figure === 'knee' && middle && { steps: rampSteps(middle.own, ramp) }),
      usage: meanUsage(rounds.map(({ usage }) => usage)),
      exitCodes: rounds.flatMap(({ exitCodes }) => exitCodes),
    };
  }
}

/** Over the rounds in which it was measured. */
function meanUsage(rounds: readonly Usage[][]): Usage[] {
  return [...Map.groupBy(rounds.flat(), ({ name }) => name)].map(([name, all]) => ({
    name,
    cpu: sum(all.map(({ cpu }) => cpu)) / all.length,
    bytes: sum(all.map(({ bytes }) => bytes)) / all.length,
  }));
}
