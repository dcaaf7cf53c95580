import type { LeftRun } from '../clusters/existing/index.ts';

/** A run takes minutes: one of another machine that made nothing for so long has crashed. Milliseconds. */
const longestRun = 2 * 3_600_000;

interface Asked {
  run?: string;
  all?: boolean;
}

/** Whether a run's namespaces are to go, and why. One that goes on is only deleted if it was named. */
export function verdictOn(
  { id, running, createdAt }: Pick<LeftRun, 'id' | 'running' | 'createdAt'>,
  now: Date,
  { run, all = false }: Asked,
): { goes: boolean; why: string } {
  if (run !== undefined) return id === run ? { goes: true, why: 'you named it' } : { goes: false, why: 'not named' };
  if (running === true) return { goes: false, why: 'it is running on this machine' };
  if (running === false) return { goes: true, why: 'its process on this machine has ended' };
  const age = now.getTime() - createdAt.getTime();
  const minutes = Math.round(age / 60_000);
  if (age > longestRun) return { goes: true, why: `its newest namespace is ${minutes} minutes old` };
  if (all) return { goes: true, why: `${minutes} minutes old, and you said --all` };
  return { goes: false, why: `it may be going on elsewhere (${minutes} minutes old): --run ${id} or --all deletes it` };
}
