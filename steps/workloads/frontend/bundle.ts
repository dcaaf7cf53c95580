import { join } from 'node:path';
import { bundle } from '../../bundle.ts';

let bundled: string | undefined;

/** server.ts and the libraries `pg` and `ws`. */
export function serverSource(): string {
  // optional native parts, and the driver of another runtime
  const external = ['pg-native', 'pg-cloudflare', 'bufferutil', 'utf-8-validate'];
  bundled ??= bundle(join(import.meta.dirname, 'server.ts'), { format: 'cjs', minify: true, external });
  return bundled;
}
