import type { Run } from '../../dataplane/run.ts';

/**
 * Forgets the connections of an address that is given back: what was allowed to its last owner must not count as
 * established for the next. As source, and as source of replies: direct connections, and those through Services.
 */
export async function forgetFlows(run: Run, address: string): Promise<void> {
  // exit code 1 also means that there was none
  await Promise.all(['-s', '-r'].map((side) => run(['conntrack', '-D', side, address])));
}
