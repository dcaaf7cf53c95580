/** Wrong usage or configuration: every mistake found, one sentence each. Ends the command with exit code 2. */
export class UsageError extends Error {
  readonly mistakes: string[];
  constructor(mistakes: string[]) {
    super(mistakes.join('\n'));
    this.name = 'UsageError';
    this.mistakes = mistakes;
  }
}

/** What a command that failed said last: its own sentence, without its name, or the last line. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const own = lines.findLast((line) => line.startsWith('netvet: '))?.slice('netvet: '.length);
  return own ?? lines.at(-1) ?? 'it said nothing';
}

/** The exit codes of every command (design, run contract). */
export const exitCode = { passed: 0, failed: 1, usage: 2, broken: 3, interrupted: 130 } as const;
