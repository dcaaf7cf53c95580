/** How many scenarios run at once, and in which order they start. */
export { type PaceOptions, paceCucumber } from './adapter.ts';
export type { Pace } from './controller.ts';
export { heaviestFirst } from './places.ts';
