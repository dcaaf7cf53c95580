import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Pickle } from '@cucumber/messages';
import { firstPace, type Look, nextPace, type Pace } from './controller.ts';
import { createMeter } from './measure.ts';
import { createPlaces } from './places.ts';

type CanAssign = (candidate: Pickle, running: Pickle[]) => boolean;
interface Command {
  assembledTestCase: { pickle: Pickle };
}
type Thread = object;

/** What is used of cucumber's own adapter (lib/runtime/parallel/adapter.js). */
interface Adapter {
  options: { parallel: number };
  supportCodeLibrary: { parallelCanAssign: CanAssign };
  workers: Set<Thread>;
  running: Map<Thread, Command>;
  phase?: { fill(): Command | undefined };
  setup(): Promise<void>;
  runTestCases(cases: unknown): Promise<boolean>;
  issueCommandToWorker(thread: Thread, command: Command): void;
  handleEventFromWorker(thread: Thread, event: { type: string }): void;
}
const adapters = createRequire(import.meta.url)('@cucumber/cucumber/lib/runtime/parallel/adapter') as {
  WorkerThreadsAdapter: new (...options: unknown[]) => Adapter;
};
const Original = adapters.WorkerThreadsAdapter;

const lookMs = 1_000;

export interface PaceOptions {
  /** Scenarios at once when the machine has room for them. */
  most: number;
  /** What the machine has room for is measured so; given by tests. */
  meter?: typeof createMeter;
  /** Called when the limit or its reason has changed. */
  onPace?(this: void, pace: Pace): void;
}

/**
 * Makes cucumber's next run take no more scenarios at once than the machine has room for. Its own adapter starts all
 * threads at first, and never again asks one for which it found no scenario: here a thread starts when a scenario finds
 * none free, and free ones are asked whenever a scenario has ended or the limit has risen.
 */
export function paceCucumber({ most, onPace, meter: measure = createMeter }: PaceOptions): {
  stoodStill(this: void): void;
} {
  let pace = firstPace(most);
  let stoodStill = false;

  class PacedAdapter extends Original {
    /** What a thread ran last: the Pods of its feature may still stand there. */
    readonly #last = new Map<Thread, string>();

    constructor(...options: unknown[]) {
      super(...options);
      this.options = { ...this.options, parallel: 1 };
      const { parallelCanAssign } = this.supportCodeLibrary;
      const fits = createPlaces();
      this.supportCodeLibrary = {
        ...this.supportCodeLibrary,
        parallelCanAssign: (candidate, running) =>
          parallelCanAssign(candidate, running) && fits(candidate, running, pace.limit),
      };
    }

    override async runTestCases(cases: unknown): Promise<boolean> {
      const meter = measure();
      const timer = setInterval(() => {
        this.#take({ ...meter.look(), stoodStill });
        stoodStill = false;
      }, lookMs);
      const done = super.runTestCases(cases);
      this.#fill();
      try {
        return await done;
      } finally {
        clearInterval(timer);
        meter.stop();
      }
    }

    override issueCommandToWorker(thread: Thread, command: Command): void {
      const uri = (command as Partial<Command>).assembledTestCase?.pickle.uri;
      if (uri !== undefined) this.#last.set(thread, uri);
      super.issueCommandToWorker(thread, command);
    }

    override handleEventFromWorker(thread: Thread, event: { type: string }): void {
      const ran = this.running.get(thread);
      super.handleEventFromWorker(thread, event);
      if (event.type === 'FINISHED' && ran !== undefined && 'assembledTestCase' in ran) this.#fill();
    }

    #take(look: Look): void {
      const before = pace;
      pace = nextPace(before, look, most);
      if (pace.limit !== before.limit || pace.busy !== before.busy) onPace?.(pace);
      if (pace.limit > before.limit) this.#fill();
    }

    /** Gives scenarios to threads that have none, for as long as there are some that may run now. */
    #fill(): void {
      while (this.running.size < pace.limit) {
        const command = this.phase?.fill();
        if (command === undefined) return;
        this.issueCommandToWorker(this.#freeFor(command.assembledTestCase.pickle.uri) ?? this.#newThread(), command);
      }
    }

    #freeFor(uri: string): Thread | undefined {
      const free = [...this.workers].filter((thread) => !this.running.has(thread));
      const ran = (what: (uri: string) => string) =>
        free.find((thread) => what(this.#last.get(thread) ?? '') === what(uri));
      return ran((each) => each) ?? ran(dirname) ?? free[0];
    }

    /** It takes the command as soon as it has loaded. */
    #newThread(): Thread {
      // a thread that cannot be started rejects the phase as well
      super.setup().catch(() => {});
      return [...this.workers].at(-1) as Thread;
    }
  }

  adapters.WorkerThreadsAdapter = PacedAdapter;
  return {
    stoodStill: () => {
      stoodStill = true;
    },
  };
}
