import { CommandError, failureOf, type Run } from '../../dataplane/run.ts';

/**
 * Forgets the connections of an address that is given back: what was allowed to its last owner must not count as
 * established for the next. As source, and as source of replies: direct connections, and those through Services.
 */
export async function forgetFlows(run: Run, address: string): Promise<void> {
  const forget = async (side: string) => {
    const argv = ['conntrack', '-D', side, address];
    const result = await run(argv);
    // an exit code of 1 also means that there was none
    if (failureOf(result) === 'timed out') throw new CommandError(argv, undefined, result);
  };
  await Promise.all(['-s', '-r'].map(forget));
}
