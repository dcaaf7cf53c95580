/** `npm run check`: types, lint (with rules that need types), format, unused code, length of lines. Reports all. */
import { spawnSync } from 'node:child_process';

const checks: Record<string, string[]> = {
  types: ['tsc', '--noEmit'],
  'types of k6 scripts': ['tsc', '--noEmit', '-p', 'load/scripts'],
  lint: ['oxlint', '--deny-warnings'],
  format: ['biome', 'check'],
  'unused code': ['knip'],
  'length of lines': ['node', 'scripts/lines.ts'],
};

let failed = 0;
for (const [name, argv] of Object.entries(checks)) {
  const started = Date.now();
  const result = spawnSync(argv[0] as string, argv.slice(1), { encoding: 'utf8' });
  const ok = result.status === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${argv.join(' ')}, ${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) continue;
  failed += 1;
  console.log(result.error?.message ?? `${result.stdout}${result.stderr}`);
}
process.exitCode = failed === 0 ? 0 : 1;
