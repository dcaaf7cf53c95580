import { duration } from './format.ts';
import type { LoadDifference } from './model.ts';

/** "+0.31 ms", "−40 requests/s". */
export function signed(value: number, unit: string): string {
  const sign = value < 0 ? '−' : '+';
  const size = Math.abs(value);
  return `${sign}${unit === 'ms' ? duration(size) : `${Number(size.toPrecision(3))} ${unit}`}`;
}

/** "p50 +0.31 ms (95 % interval +0.2 ms to +0.42 ms, 6 rounds)". */
export function differenceInWords({ figure, unit, mean, low, high, rounds }: LoadDifference): string {
  return (
    `${figure} ${signed(mean, unit)} (95 % interval ${signed(low, unit)} to ${signed(high, unit)}, ` +
    `${rounds} rounds)`
  );
}
