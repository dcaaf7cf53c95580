import { randomUUID } from 'node:crypto';
import type { Desired } from '../../model/index.ts';
import { CommandError, DEADLINE_MS, failureOf, mustRun, type Run } from '../run.ts';
import { Turns } from '../turns.ts';
import { isWhole } from './compare.ts';
import { FlowKeeper, type Forgotten } from './conntrack.ts';
import { type Change, diff, type RetiredChains } from './diff.ts';
import { markTable, ownTables, type Rendered, render, tableNames } from './render.ts';
import { load, Script } from './script.ts';
import { type TableState, valueOf } from './state.ts';
import { ServicesRenderer } from './tables/services.ts';
import { comment } from './text.ts';

/** What one apply did. */
export interface ApplyReport {
  /** `rebuilt`: all of our tables were loaded anew, in one transaction. */
  outcome: 'unchanged' | 'updated' | 'rebuilt';
  /** Statements and elements given to nft. */
  operations: number;
  /** What went wrong and was put right: an update that failed. */
  problems: string[];
  /**
   * What connection tracking was made to forget, after the rules were in force. Each deletion is a process that walks
   * the kernel's table: the next change of the rules does not wait for it. Never rejects.
   */
  forgotten: Promise<Forgotten>;
}

/** What nft has for a statement or element, and for all of them, in milliseconds. */
const MS_PER_OPERATION = 10;
const LONGEST_MS = 600_000;

/** A report before anything is forgotten. */
type SoFar = Omit<ApplyReport, 'forgotten'>;

/** The node's nftables. One writer: changes are made one after the other, and `verify` keeps none waiting. */
export interface Nft {
  /**
   * Makes the kernel do what is desired; all is rebuilt where another program has changed something (`anew.tables`).
   * Rejects with a CommandError when even a rebuild fails, or nft does not end; the next call tries again.
   */
  apply(desired: Desired): Promise<ApplyReport>;
  /**
   * A Pod of another node has ended. If policies here named it, what was allowed to it must not be its successor's at
   * the address: the next `apply`, which no longer names it, has its flows forgotten.
   */
  podLeft(address: string): void;
  /** What tells our own transactions from those of other programs: each of them has this text in it. */
  mark: string;
  /** Makes such a transaction that changes nothing else: whoever listens to nftables hears it. */
  leaveMark(): Promise<void>;
  /** Whether our tables are there; `whole`: with everything that belongs in them. */
  verify(whole?: boolean): Promise<boolean>;
  /** Whether flows of the last owner of a Pod's address may still be there, though none are wanted. */
  owes(address: string): boolean;
  /** What keeps all addresses from new Pods, in sentences: connection tracking cannot be read. */
  ailments(): string[];
  /** Takes our tables away. Idempotent. */
  remove(): Promise<void>;
}

/** What we believe is in the kernel. */
interface Predicted {
  tables: TableState[];
  retired: RetiredChains[];
}

/** `run` runs commands in the node's network namespace; `now` is a clock in milliseconds. */
export function createNft({ run, now = performance.now.bind(performance) }: { run: Run; now?: () => number }): Nft {
  const services = new ServicesRenderer();
  let predicted: Predicted | undefined;
  const turns = new Turns();
  const flows = new FlowKeeper(run);
  const left = new Set<string>();
  const mark = `netvet ${randomUUID()}`;
  const marking = new Script();
  for (const line of markLines(mark)) marking.add(line);
  const nft = (script: Script) => {
    const marked = new Script();
    for (const part of [marking, script]) marked.append(part);
    // a whole ruleset may take minutes on a slow node, and who is ended begins anew
    const deadlineMs = Math.min(DEADLINE_MS + MS_PER_OPERATION * script.operations, LONGEST_MS);
    return mustRun(run, ['nft', '-f', '-'], { stdin: marked, deadlineMs });
  };

  /** Undefined: it failed, and the tables have to be rebuilt. */
  async function update(before: Predicted, next: Rendered, report: SoFar): Promise<Predicted | undefined> {
    const retired = before.retired.map((chains) => new Map(chains));
    const change: Change = { ahead: new Script(), main: new Script() };
    for (const [index, table] of next.tables.entries()) {
      diff(before.tables[index] as TableState, table, retired[index] as RetiredChains, now(), change);
    }
    for (const script of [change.ahead, change.main]) {
      report.operations += script.operations;
      if (script.operations === 0) continue;
      report.outcome = 'updated';
      try {
        await nft(script);
      } catch (error) {
        report.problems.push(refusal(error));
        return undefined;
      }
    }
    return { tables: next.tables, retired };
  }

  async function rebuild(next: Rendered, report: SoFar): Promise<Predicted> {
    report.outcome = 'rebuilt';
    const whole = (keepLearned: boolean) => {
      const script = new Script();
      for (const table of next.tables) script.append(load(table, { keepLearned }));
      report.operations = script.operations;
      return script;
    };
    try {
      await nft(whole(true));
    } catch (error) {
      // Left by another version of this program, perhaps: affinity is worth less than a working table.
      report.problems.push(refusal(error));
      await nft(whole(false));
    }
    return { tables: next.tables, retired: next.tables.map(() => new Map()) };
  }

  async function applyNow(desired: Desired, gone: string[]): Promise<ApplyReport> {
    const report: SoFar = { outcome: 'unchanged', operations: 0, problems: [] };
    const next = render(desired, services);
    const before = predicted;
    predicted = undefined;
    const known = desired.anew.tables ? undefined : before;
    predicted = (known && (await update(known, next, report))) ?? (await rebuild(next, report));
    return { ...report, forgotten: flows.follow(next.flows, gone) };
  }

  /** Whether what we believe to be in the kernel is there; nothing is believed before something was applied. */
  async function isThere(whole: boolean): Promise<boolean> {
    // while it is being looked at it may change: see Turns
    const believed = predicted;
    if (believed === undefined) return true;
    const listed = await mustRun(run, ['nft', 'list', 'tables', 'ip']);
    if (!tableNames.every((name) => listed.split('\n').includes(`table ip ${name}`))) return false;
    for (const table of whole ? believed.tables : []) {
      const { stdout } = await run(['nft', 'list', 'table', 'ip', table.name]);
      if (!isWhole(stdout, table)) return false;
    }
    return true;
  }

  return {
    mark,
    apply(desired) {
      // those that this state knows of: what comes later is for the next one
      const gone = [...left];
      left.clear();
      return turns
        .run(() => applyNow(desired, gone))
        .catch((error: unknown) => {
          for (const address of gone) left.add(address);
          throw error;
        });
    },
    podLeft(address) {
      const policies = predicted?.tables.find(({ name }) => name === 'netvet-policy');
      if (policies === undefined || isNamed(policies, address)) left.add(address);
    },
    leaveMark: () => turns.run(async () => void (await nft(new Script()))),
    verify: (whole = false) => turns.look(() => isThere(whole)),
    owes: (address) => flows.owes(address),
    ailments: () => (flows.problem === undefined ? [] : [`connections cannot be listed: ${flows.problem}`]),
    remove: () =>
      turns.run(async () => {
        predicted = undefined;
        const script = new Script();
        for (const name of ownTables) script.add(`add table ip ${name}\ndelete table ip ${name}`);
        await nft(script);
      }),
  };
}

/** Whether policies treat this address as a Pod's; those with ports that have names may mean any Pod. */
const isNamed = ({ sets }: TableState, address: string) =>
  sets.entries().some(([name, { elements }]) => name.startsWith('port-') || valueOf(elements, address) !== undefined);

/** A rule that no packet meets: its chain has no hook. It is made anew each time, so that each time it is heard of. */
const markLines = (mark: string): string[] => [
  `add table ip ${markTable}`,
  `add chain ip ${markTable} last-change`,
  `flush chain ip ${markTable} last-change`,
  `add rule ip ${markTable} last-change return ${comment(mark)}`,
];

/** What nft said when it refused. Throws what is no refusal: an nft that did not end is asked again later. */
function refusal(error: unknown): string {
  if (!(error instanceof CommandError) || failureOf(error.result) === 'timed out') throw error;
  return error.message;
}
