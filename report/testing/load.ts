import { percentile } from '../figures.ts';
import type { Load, LoadPoint, LoadSeries } from '../model.ts';
import { random } from './random.ts';

const secondsLong = 20;
const rate = 200;

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
  const sent = points.reduce((sum, point) => sum + point.sent, 0);
  const lost = points.reduce((sum, point) => sum + point.lost, 0);
  const p95s = points.map(({ p95 }) => p95);
  return {
    name,
    sent,
    answered: sent - lost,
    lost: lost > 0 ? { 'connection refused': Math.ceil(lost / 2), timeout: Math.floor(lost / 2) } : {},
    latency: {
      p50: round(
        percentile(
          points.map(({ p50 }) => p50),
          50,
        ),
      ),
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
    series: [
      series('Service path', seed, 1.62, 6, lostAt),
      series('same Pods dialled directly', seed + 1, 1.31, 6, {}),
    ],
    events: [
      { second: 6, label: 'rollout restart' },
      { second: 11.8, label: 'rollout complete' },
    ],
  };
}
