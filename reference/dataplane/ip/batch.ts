import { CommandError, type Run } from '../run.ts';

type Program = 'ip' | 'bridge';

/**
 * Runs lines of `ip` or `bridge` as one batch, going on after errors. Resolves with the lines that failed and why: a
 * batch is no transaction, so the caller has to know what holds now. Rejects when the program itself did not run.
 */
export async function runBatch(run: Run, program: Program, lines: string[]): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  if (lines.length === 0) return failed;
  const argv = [program, '-force', '-batch', '-'];
  const stdin = `${lines.join('\n')}\n`;
  const result = await run(argv, { stdin });
  if (result.exitCode === 0) return failed;
  let said: string[] = [];
  for (const line of result.stderr.split('\n')) {
    const number = /^Command failed -:(\d+)/.exec(line)?.[1];
    if (number === undefined) said.push(line.trim());
    else {
      failed.set(lines[Number(number) - 1] ?? '', said.join(' '));
      said = [];
    }
  }
  // some subcommands (neigh) end the whole program at an error, -force or not: then nobody knows what was left undone
  if (failed.size === 0 || said.some((text) => text !== '')) throw new CommandError(argv, stdin, result);
  return failed;
}

/** The same for lines that all have to succeed: rejects with those that did not. */
export async function mustBatch(run: Run, program: Program, lines: string[]): Promise<void> {
  const failed = await runBatch(run, program, lines);
  if (failed.size === 0) return;
  const stderr = Array.from(failed, ([line, why]) => `${line}: ${why}`).join('; ');
  throw new CommandError([program, '-batch', '-'], lines.join('\n'), { exitCode: 1, stdout: '', stderr });
}

/** `ip -j` and `bridge -j`: no output means an empty list. */
export async function readJson<T>(run: Run, argv: string[]): Promise<T[]> {
  const result = await run(argv);
  if (result.exitCode !== 0) throw new CommandError(argv, undefined, result);
  return result.stdout.trim() === '' ? [] : (JSON.parse(result.stdout) as T[]);
}

/** The same of a device that may not be there: then the list is empty. */
export const readJsonIfThere = <T>(run: Run, argv: string[]): Promise<T[]> =>
  readJson<T>(run, argv).catch((error: unknown) => {
    if (!(error instanceof CommandError) || error.result.exitCode < 0) throw error;
    return [];
  });
