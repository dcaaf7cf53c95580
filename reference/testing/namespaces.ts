import { spawnSync } from 'node:child_process';

const marker = 'NETVET_TEST_INSIDE';

/** What only keeps a file from hanging, in milliseconds: less than the runner's own, who cannot end one that waits. */
const longestMs = 14 * 60_000;

/**
 * Runs the calling test file in network, mount and process namespaces of its own, where it is root: nothing of the
 * machine is touched and nothing survives it. Call it in the first line, with `import.meta.filename`. Outside, it
 * starts the file anew inside and ends with its exit code; the runner sees the inner one's output. Inside, it returns.
 * With `required` false in the answer, namespaces cannot be had here; then tests skip with `reason`.
 */
export function enterNamespaces(file: string): { reason: string | undefined } {
  if (process.env[marker] !== undefined) return { reason: undefined };
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const options = [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  if (spawnSync('unshare', [...options, 'true']).status !== 0) return { reason: 'no namespaces can be made here' };
  // a test that failed may have left an agent at work, which would keep the file from its end
  const argv = [process.execPath, ...process.execArgv, '--test-force-exit', file];
  const inner = spawnSync('unshare', [...options, '--', ...argv], {
    stdio: 'inherit',
    timeout: longestMs,
    killSignal: 'SIGKILL',
    env: { ...process.env, [marker]: '1' },
  });
  return process.exit(inner.status ?? 1);
}
