import { readFileSync } from 'node:fs';
import type { shape } from '../report/index.ts';

/**
 * What a user's JSON file holds. Every way in which it has not the shape `is` becomes a sentence in `mistakes` that
 * begins with what the user has `called` it, and the result is undefined then.
 */
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
