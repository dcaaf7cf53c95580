/** What images are made of where no registry has any: Debian root file systems, and archives as engines and nodes read them. */
export { type Image, writeArchive } from './archive.ts';
export { type DebianRoot, debianRoot, hashOfRoot, withoutPaths } from './debian.ts';
