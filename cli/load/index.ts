/** `netvet load`: the same load on several paths, until the difference between them is known. */
export { checkLoad, type LoadFlags, type LoadOptions } from './options.ts';
