import type { Profile } from '../report/index.ts';

/**
 * What changes may take. In `default` a change has to be there within its time, else its scenario fails, and how much faster it was is
 * reported and not judged. `strict` looks every 20 ms and judges that too: 1 s is when a client whose first packet was lost tries again, 3 s when it does so
 * once more (RFC 6298, section 2), so that a network within it is noticed by nobody who tries twice.
 */
const usual = { changeMs: 10_000, attemptMs: { least: 500, most: 5_000 }, gapMs: { attempts: 3_000, pages: 2_000 } };

export const profiles = {
  default: { name: 'default', ...usual, limits: [] },
  strict: {
    name: 'strict',
    ...usual,
    everyMs: 20,
    limits: [
      { figure: 'convergence', area: 'policies', p95Ms: 1_000, maxMs: 3_000 },
      { figure: 'leak window', area: 'policies', p95Ms: 1_000, maxMs: 3_000 },
    ],
  },
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as ProfileName[];
