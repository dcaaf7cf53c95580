import { percentile, sum } from '../figures.ts';
import type { Load, LoadPoint, LoadSeries } from '../model.ts';

const secondsLong = 20;
const rate = 200;
const service = 'Service path';
const direct = 'same Pods dialled directly';
const host = 'Service from the node’s own network';

function series(name: string, seed: number, base: number, bumpAt: number, lostAt: Record<number, number>): LoadSeries {
  const next = random(seed);
  const points = Array.from({ length: secondsLong }, (_, second): LoadPoint => {
    const bump = 3.4 * Math.exp(-((second - bumpAt - 1.5) ** 2) / 5);
    const p50 = base * (0.92 + 0.16 * next()) + bump * 0.35;
    return {
      second,
      sent: rate - Math.floor(next() * 2),
      lost: lostAt[second] ?? 0,
      p50: round(p50),
      p95: round(p50 * (1.7 + 0.6 * next()) + bump),
    };
  });
  const sent = sum(points.map((point) => point.sent));
  const lost = sum(points.map((point) => point.lost));
  const [p50s, p95s] = [points.map(({ p50 }) => p50), points.map(({ p95 }) => p95)];
  return {
    name,
    sent,
    answered: sent - lost,
    lost: lost > 0 ? { 'connection refused': Math.ceil(lost / 2), timeout: Math.floor(lost / 2) } : {},
    latency: {
      p50: round(percentile(p50s, 50)),
      p90: round(percentile(p95s, 50) * 0.9),
      p95: round(percentile(p95s, 50)),
      p99: round(percentile(p95s, 95)),
      max: round(percentile(p95s, 100) * 2.1),
    },
    points,
  };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** A load as the suite measures it: the Service path, and the same Pods dialled directly. */
export function sampleLoad(scenario: string, seed: number, lostAt: Record<number, number>): Load {
  return {
    scenario,
    series: [series(service, seed, 1.62, 6, lostAt), series(direct, seed + 1, 1.31, 6, {})],
    events: [
      { second: 6, label: 'rollout restart' },
      { second: 11.8, label: 'rollout complete' },
    ],
  };
}

/** A load on several paths in turn, as netvet load measures it. */
export function samplePaths(scenario: string, script: string): Load {
  const next = random(7);
  const shares = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1];
  const paths = Object.entries({ [service]: 1.5, [direct]: 1.2, [host]: 1.4 });
  const common = { figure: 'p50', unit: 'ms', rounds: 6 };
  return {
    scenario,
    script,
    series: paths.map(([name, base], i) => {
      return {
        ...series(name, 30 + i, base, 30, i === 0 ? { 4: 1 } : {}),
        rounds: Array.from({ length: 6 }, (_, round) => ({
          second: 4 * (3 * round + i),
          value: base * (0.95 + 0.1 * next()),
        })),
        distribution: shares.map((share): [number, number] => [share, round(base * (0.6 + 4 * share ** 4))]),
        steps: [100, 200, 300, 400].map((due) => ({ due, answered: Math.min(due, 250 + 40 * i), p95: base })),
        usage: [
          { name: 'node1', cpu: 1.4, bytes: 3.2e9 },
          { name: 'CNI on node1', cpu: 0.02, bytes: 8.1e7 },
        ],
        exitCodes: [0, 0, 0, 99, 0, 0],
      };
    }),
    differences: [
      { of: service, from: direct, mean: 0.31, low: 0.22, high: 0.4, base: 1.2, ...common },
      { of: host, from: service, mean: -0.1, low: -0.25, high: 0.05, base: 1.5, ...common },
    ],
    events: [],
  };
}

/** A generator that gives the same figures on every run (mulberry32): golden files and pictures are stable. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
