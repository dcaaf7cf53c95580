import { count, duration, plural } from './format.ts';
import type { Looks, Run } from './model.ts';

/** Several looks in one, with the longest time that anybody stood still. `all` must not be empty. */
export function sumOf(all: readonly Looks[]): Looks {
  return all.reduce((sum, one) => ({
    ...(one.longestMs > sum.longestMs ? one : sum),
    sound: sum.sound + one.sound,
    void: sum.void + one.void,
  }));
}

/** Those of all scenarios; undefined where nothing looked. */
export function looksOf({ scenarios }: Pick<Run, 'scenarios'>): Looks | undefined {
  const all = scenarios.flatMap(({ looks }) => (looks ? [looks] : []));
  return all.length === 0 ? undefined : sumOf(all);
}

/** "3 of 60 looks were void: the agent of web stood still for up to 812 ms"; undefined when none was. */
export function voidText(looks: Looks | undefined): string | undefined {
  if (looks === undefined || looks.void === 0) return undefined;
  const { who = 'an observer', longestMs } = looks;
  const which =
    `${count(looks.void)} of ${plural(looks.void + looks.sound, 'look')} ${looks.void === 1 ? 'was' : 'were'} ` +
    `void`;
  return `${which}: ${who} stood still for up to ${duration(longestMs)}`;
}
