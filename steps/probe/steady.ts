import type { AttemptReport } from './attempt.ts';
import { type Agent, stoodLongest } from './cell.ts';
import { longest, Still, type Stood, stoodInAll, voidShare, worstOf } from './still.ts';

/** What became of attempts that were made all the time. */
export interface Steady {
  /** Without an answer, or with one that came too late, although nobody stood still. */
  lost: AttemptReport[];
  /** Without an answer while an observer stood still: nobody knows what became of them. */
  unknown: AttemptReport[];
  /**
   * The longest time without an answer, less what observers stood still, when it began after the first, in ms, and the
   * answer that ended it.
   */
  gap: { ms: number; from: number; ended?: AttemptReport | undefined };
  /** The longest time in which the client asked nothing, for it stood still, in ms. */
  blindMs: number;
  /** Who stood still longest. */
  stood: Stood;
}

/**
 * The account of attempts that one client made all the time: lost after `lostMs`, less what the observers stood still
 * meanwhile, as they say, or their answers. `others`: agents whose standing still the client saw as silence.
 */
export function steadyAccount(client: Agent, others: Agent[], reports: AttemptReport[], lostMs: number): Steady {
  const { clock } = client.channel;
  const spans = reports.map((report) => {
    const from = clock.toHarness(report.at);
    return { report, from, to: from + report.micros / 1000 };
  });
  const servers = standingsOf(reports, clock);
  const agents = [client, ...others].flatMap(({ channel: { still, silence } }) =>
    silence ? [still, silence] : [still],
  );
  // one server's standing still excuses no other
  const stillIn = (from: number, to: number, server = '') => {
    const own = servers.get(server);
    return stoodInAll(own === undefined ? agents : [...agents, own.still], from, to);
  };
  const isLate = ({ report, from, to }: (typeof spans)[number]) =>
    to - from - stillIn(from, to, report.server) > lostMs;
  const unanswered = spans.filter((span) => span.report.outcome !== 'connected' || isLate(span));
  // what refuses has said so, whoever stood still; an error may be the server's own, for what it waited for in vain
  const isUnknown = ({ report, from, to }: (typeof spans)[number]) =>
    (report.outcome === 'timeout' || report.outcome === 'error') &&
    Math.max(report.stoodMs ?? 0, stillIn(from, to, report.server)) > voidShare * Math.max(to - from, lostMs);
  const [first, last] = [Math.min(...spans.map(({ from }) => from)), Math.max(...spans.map(({ to }) => to))];
  const answers = spans.filter(({ report }) => report.outcome === 'connected').toSorted((a, b) => a.to - b.to);
  const ends = answers.length === 0 ? [{ to: last, report: undefined }] : answers;
  const gaps = ends.map(({ to, report: ended }, i) => {
    const from = i === 0 ? first : (ends[i - 1] as (typeof ends)[number]).to;
    return { ms: Math.max(0, to - from - stillIn(from, to, ended?.server)), from: from - first, ended };
  });
  return {
    lost: unanswered.filter((one) => !isUnknown(one)).map(({ report }) => report),
    unknown: unanswered.filter(isUnknown).map(({ report }) => report),
    gap: gaps.reduce<Steady['gap']>((most, one) => (one.ms > most.ms ? one : most), { ms: 0, from: 0 }),
    blindMs: client.channel.still.longest(first, last),
    stood: longest([stoodLongest([client, ...others], first, last), worstOf([...servers.values()], first, last)]),
  };
}

/**
 * Servers without a channel say with their answers when they stood still; one that ended without another answer has
 * not said it. A late answer dates what it tells later than it was: the earliest date of each pause is the truest.
 */
function standingsOf(reports: AttemptReport[], clock: Agent['channel']['clock']) {
  const pauses = new Map<string, { name: string; from: number; to: number }>();
  for (const { server: name = '', serverStood = [] } of reports) {
    for (const [from, to, number] of serverStood) {
      const known = pauses.get(`${name} ${number}`);
      if (known === undefined || from < known.from) pauses.set(`${name} ${number}`, { name, from, to });
    }
  }
  const byServer = Map.groupBy(pauses.values(), ({ name }) => name);
  return new Map(
    [...byServer].map(([name, all]) => {
      const still = new Still();
      for (const { from, to } of all.toSorted((a, b) => a.to - b.to)) {
        still.note(clock.toHarness(from), clock.toHarness(to));
      }
      return [name, { name, still }];
    }),
  );
}
