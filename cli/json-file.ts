import { readFileSync } from 'node:fs';
import type { shape } from '../report/index.ts';

/** A user's JSON file; undefined where it has not the shape `is`: `mistakes` then says what is wrong of `called`. */
export function readChecked<T>(file: string, called: string, is: shape.Shape, mistakes: string[]): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    mistakes.push(`${called} ${what}: ${(error as Error).message}`);
    return undefined;
  }
  const faults = is(value, '');
  mistakes.push(...faults.map((fault) => `${called}: ${fault.startsWith('.') ? fault.slice(1) : `the file${fault}`}`));
  return faults.length === 0 ? (value as T) : undefined;
}
