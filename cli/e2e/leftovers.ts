/** A machine of a test's own: mount and network namespaces. What is left there is left by what the test ran. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const sbin = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Folders in which a run could leave something. Those that exist become empty, without the engine's socket. */
const covered = ['/run', '/dev/shm', '/var/lib/cni', '/etc/cni', '/opt/cni/bin'];

export class OwnMachine {
  readonly #holder: ChildProcess;
  readonly #marker = randomUUID();
  readonly #temporary = mkdtempSync(join(tmpdir(), 'netvet-machine-'));

  #first: string[] = [];

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async start(): Promise<OwnMachine> {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const cover = covered.map((folder) => `[ ! -d ${folder} ] || mount -t tmpfs none ${folder}`).join('; ');
    // it ends with its input, so with this process
    const script = `set -e; ${cover}; ip link set lo up; echo made; exec cat`;
    const holder = spawn('unshare', [...user, '--mount', '--net', 'sh', '-c', script], {
      env: { ...process.env, PATH: sbin },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => Promise.reject(new Error('no machine of its own'))),
    ]);
    const machine = new OwnMachine(holder);
    machine.#first = await machine.#state();
    return machine;
  }

  /** argv that runs `argv` on it, in `directory`. The process becomes the command: it gets the signals. */
  command(argv: string[], directory = '/'): [string, ...string[]] {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
    const enter = ['--target', String(this.#holder.pid), ...user, '--mount', '--net', '--'];
    // who enters a mount namespace is at its root
    return ['nsenter', ...enter, 'sh', '-c', 'cd "$0" && exec "$@"', directory, ...argv];
  }

  /** What a command that is to run on it needs in its environment; it and all that it starts are known by that. */
  get env(): Record<string, string> {
    return { TMPDIR: this.#temporary, NETVET_TEST: this.#marker };
  }

  /** What is there now and was not when the machine was made. */
  async left(): Promise<string[]> {
    return (await this.#state()).filter((line) => !this.#first.includes(line));
  }

  /** What a run could leave behind, one line each. */
  async #state(): Promise<string[]> {
    const look = `for d in ${covered.join(' ')} /run/netns; do ls -A $d 2>/dev/null | sed "s,^,file $d/,"; done
ip -br link | sed 's/^/link /'; nft list tables | sed 's/^/nft /'; sed 's/^/mount /' /proc/self/mountinfo`;
    const [file, ...args] = this.command(['sh', '-c', look]);
    const { stdout } = await execa(file, args, { env: { PATH: sbin } });
    return [
      ...readdirSync(this.#temporary).map((name) => `file ${this.#temporary}/${name}`),
      ...stdout.split('\n'),
      ...this.processes(),
    ];
  }

  /** Processes that were started on it, and the namespaces they hold: `pid 12 net:[402653] node`. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(this.#marker)) return [];
          const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
          return [`pid ${pid} ${readlinkSync(`/proc/${pid}/ns/net`)} ${name}`];
        } catch {
          return []; // it ended while we looked, or it is another user's
        }
      });
  }

  end(): void {
    this.#holder.kill('SIGKILL');
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}
