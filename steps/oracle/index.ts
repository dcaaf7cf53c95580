/** What the documents of the NetworkPolicy API say of a connection. It shares no code with any implementation. */
export { judge } from './judge.ts';
export type * from './objects.ts';
export { inBlock } from './rules.ts';
export { explain } from './words.ts';
