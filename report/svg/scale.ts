/** Round values from 0 to `max`, about `wanted` of them, the last one at or above `max`. */
export function ticks(max: number, wanted: number): number[] {
  if (max <= 0) return [0, 1];
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) as number) * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Places 0 to `max` ms on 0 to 1: near zero evenly, then by powers of ten, so that 0, 5 ms and 5 s have room. */
export function timeScale(max: number): (ms: number) => number {
  const top = Math.log1p(Math.max(max, 10) / softMs);
  return (ms) => Math.log1p(Math.max(0, ms) / softMs) / top;
}
const softMs = 8;

const timeTicks = [0, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000];

/** The ticks of a time scale up to `max`. */
export function timeTicksUpTo(max: number): number[] {
  return timeTicks.filter((ms) => ms <= Math.max(max, 10));
}
