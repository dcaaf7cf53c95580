/** Names one generated case: the seed of a run, and the case's number in it, from 1. */
export interface CaseName {
  seed: number;
  number: number;
}

/** The greatest seed: fast-check takes 32 bits. */
export const greatestSeed = 2 ** 31 - 1;

/** `7` is the first case of seed 7, `7:12` its twelfth. Undefined for anything else. */
export function parseCase(text: string): CaseName | undefined {
  const [, seed, number = '1'] = /^(\d{1,10})(?::(\d{1,7}))?$/.exec(text) ?? [];
  const name = { seed: Number(seed ?? Number.NaN), number: Number(number) };
  return name.seed <= greatestSeed && name.number >= 1 ? name : undefined;
}

export const caseText = ({ seed, number }: CaseName): string => `${seed}:${number}`;

/** What fast-check begins with: cases of one seed differ in every bit, and so do those of neighbouring seeds. */
export function entropyOf({ seed, number }: CaseName): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
