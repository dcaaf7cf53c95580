import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { enter } from './enter.ts';

const module = join(import.meta.dirname, 'enter.ts');
const runEnter = `
import { enter } from ${JSON.stringify(module)};
const [visible, as, ...argv] = process.argv.slice(1);
// one below the other, as a cache in the working directory is
try {
  process.exitCode = await enter(argv, { visible: [visible, visible + '/cache', undefined], as });
} catch (error) {
  console.error(error.message);
  process.exitCode = 99;
}`;

/** Runs enter() in a process of its own, as another user if asked. */
function start(directory: string, argv: string[], options: { uid?: number; as?: string; prefix?: string[] } = {}) {
  const become =
    options.uid === undefined
      ? []
      : ['setpriv', '--reuid', `${options.uid}`, '--regid', `${options.uid}`, '--clear-groups'];
  const node = [process.execPath, '--input-type=module', '-e', runEnter, directory, options.as ?? 'job', ...argv];
  const [file, ...args] = [...become, ...(options.prefix ?? []), ...node] as [string, ...string[]];
  const child = spawn(file, args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, HOME: directory },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const finished = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return { child, finished, printed: () => output };
}

/** Processes whose command line has the marker, without this one. */
const running = (marker: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        Number(pid) !== process.pid &&
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(marker)
      );
    } catch {
      return false;
    }
  });

async function eventually(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, what);
    await delay(20);
  }
}

test('a signal that comes before the command has been started is not lost', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'netvet-enter-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const script = `
import { enter } from ${JSON.stringify(module)};
const code = enter(['sleep', '1000'], { visible: [${JSON.stringify(directory)}] });
process.kill(process.pid, 'SIGINT');
process.exit(await code);`;
  // it is a matter of milliseconds: one try would often miss it
  for (let i = 0; i < 10; i += 1) {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: directory,
      timeout: 300_000,
      encoding: 'utf8',
    });
    assert.equal(status, 130, stderr);
  }
});

test('a signal that ends what is being started is the outcome, and not a fault of the machine', async () => {
  const code = enter(['true']);
  // those in the group of this process get what a terminal sends until they have a session of their own
  for (const pid of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' '))
    process.kill(Number(pid), 'SIGINT');
  assert.equal(await code, 130);
});

/** An ordinary user can only be tried where this is root, and the checkout is one that others may read. */
const ordinary =
  spawnSync('setpriv', ['--reuid', '1000', '--regid', '1000', '--clear-groups', 'test', '-r', module]).status === 0;
const users = ordinary ? [undefined, 1000] : [undefined];
for (const uid of users) {
  test(`enter() as ${uid === undefined ? 'the caller' : `uid ${uid}`}`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'netvet-enter-test-'));
    if (uid !== undefined) chownSync(directory, uid, uid);
    t.after(() => rmSync(directory, { recursive: true, force: true }));

    await t.test('root inside, the exit code comes back, the directory is writable in its place', async () => {
      const script = 'id -u; pwd; echo written >here; echo private >/tmp/netvet-private; echo x >/run/x; exit 7';
      const { code, output } = await start(directory, ['sh', '-c', script], { uid }).finished;
      assert.equal(code, 7, output);
      assert.equal(output, `0\n${directory}\n`);
      assert.equal(readFileSync(join(directory, 'here'), 'utf8'), 'written\n');
      assert.ok(!existsSync('/tmp/netvet-private'));
      assert.ok(!existsSync('/run/x'));
      rmSync(join(directory, 'here'));
    });

    await t.test('no link leads out, names are its own, the host is read-only', async () => {
      const script =
        'ip -br link; cat /etc/hosts; ls /etc/cni/net.d /opt/cni/bin; ' +
        'touch /usr/netvet-x 2>/dev/null && echo WRITABLE; hostname';
      const { output } = await start(directory, ['sh', '-c', script], { uid }).finished;
      assert.match(output, /^lo +UNKNOWN/);
      assert.doesNotMatch(output, /eth|WRITABLE/);
      assert.match(output, /127.0.0.1 localhost[\s\S]*\nnetvet\n$/);
      assert.ok(!existsSync('/usr/netvet-x'));
    });

    await t.test('orphans are reaped', async () => {
      const script =
        'for i in 1 2 3 4 5; do (sleep 0.05 & ) ; done; while pgrep sleep >/dev/null; do sleep 0.05; done; ' +
        'ps -eo stat= | grep -c Z';
      const { output } = await start(directory, ['sh', '-c', script], { uid }).finished;
      assert.equal(output, '0\n');
    });

    const countSignals = `
      let n = 0;
      for (const s of ['SIGINT', 'SIGTERM'])
        process.on(s, () => { console.log(s); n += 1; setTimeout(() => process.exit(40 + n), 300); });
      console.log('up'); setInterval(() => {}, 1000);`;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      await t.test(`${signal} reaches the command once`, async () => {
        const { child, finished, printed } = start(directory, [process.execPath, '-e', countSignals], { uid });
        await eventually(() => printed().includes('up'), 'it started');
        // what a terminal does: to the whole process group of the caller
        process.kill(-(child.pid as number), signal);
        const { code, output } = await finished;
        assert.equal(output, `up\n${signal}\n`);
        assert.equal(code, 41);
      });
    }

    await t.test('SIGKILL of the caller ends everything inside, even what left the session', async () => {
      const marker = `86400.${process.pid}${uid ?? 0}`;
      const { child, finished, printed } = start(
        directory,
        ['sh', '-c', `setsid sleep ${marker} & setsid sh -c 'sleep ${marker}' & echo up; sleep ${marker}`],
        { uid },
      );
      await eventually(() => printed().includes('up') && running(`sleep\0${marker}`).length >= 2, 'it started');
      // setpriv has become the caller
      child.kill('SIGKILL');
      await finished;
      await eventually(() => running(marker).length === 0, `still there: ${running(marker).join(' ')}`);
    });
  });
}

test('a machine that refuses user namespaces gets one sentence with what to type', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'netvet-enter-test-'));
  try {
    const refuse = [
      'unshare',
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"',
      'sh',
    ];
    const { code, output } = await start(directory, ['true'], { prefix: refuse }).finished;
    assert.equal(code, 99);
    assert.match(output, /^this machine does not let .*Type: sudo sysctl -w user.max_user_namespaces=15000\n$/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a checkout below a private directory stays visible in a sandbox within a sandbox', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'netvet-enter-test-'));
  try {
    mkdirSync(join(directory, 'deep'));
    writeFileSync(join(directory, 'deep/file'), 'here\n');
    const inner = [
      process.execPath,
      '--input-type=module',
      '-e',
      runEnter,
      directory,
      'job',
      'cat',
      'deep/file',
      '/etc/hosts',
      '/etc/passwd',
    ];
    const { code, output } = await start(directory, inner).finished;
    assert.equal(code, 0, output);
    assert.match(output, /^here\n127.0.0.1 localhost\n[\s\S]*root:/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
