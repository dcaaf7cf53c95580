import { isDeepStrictEqual } from 'node:util';
import type { Seen } from './play.ts';

/** What real clusters showed (sequence.e2e.ts says how it is recorded). */
export const file = new URL('seen.json', import.meta.url);

/** By scene and object, every course that was seen. */
export type Recorded = Record<string, Record<string, string[][]>>;

const isIn = (courses: string[][], course: string[]) => courses.some((each) => isDeepStrictEqual(each, course));

export function addTo(recorded: Recorded, scene: string, seen: Seen): void {
  const objects = (recorded[scene] ??= {});
  for (const [object, course] of Object.entries(seen)) {
    const courses = (objects[object] ??= []);
    if (!isIn(courses, course)) courses.push(course);
  }
}

/** Which objects took a course that no real cluster showed: `SCENE: OBJECT` -> the course. */
export function differences(recorded: Recorded, scene: string, seen: Seen): Map<string, string[]> {
  const real = recorded[scene] ?? {};
  const missing = Object.keys(real).filter((object) => !(object in seen));
  const other = Object.entries(seen).filter(([object, course]) => !isIn(real[object] ?? [], course));
  return new Map(
    [...other, ...missing.map((object) => [object, []] as [string, string[]])].map(([object, course]) => [
      `${scene}: ${object}`,
      course,
    ]),
  );
}
