/** Programs that the engine and its images need of this machine, from Debian's packages. */
import { execa } from 'execa';

/** Program -> the Debian package that has it. */
const packages = {
  engine: { dockerd: 'docker.io', iptables: 'iptables', nft: 'nftables', ip: 'iproute2', jq: 'jq' },
  images: { mmdebstrap: 'mmdebstrap', tar: 'tar' },
};

async function isThere(program: string): Promise<boolean> {
  // /usr/sbin is not on every user's PATH
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const { failed } = await execa('sh', ['-c', 'command -v "$1"', 'sh', program], { env, reject: false });
  return !failed;
}

/** Installs what is missing, where this is root on Debian or alike. Rejects elsewhere with the line to paste. */
export async function needPackages(purpose: keyof typeof packages, progress: (line: string) => void): Promise<void> {
  const wanted = Object.entries(packages[purpose]);
  const there = await Promise.all(wanted.map(([program]) => isThere(program)));
  const missing = wanted.filter((_, i) => !there[i]).map(([, name]) => name);
  if (missing.length === 0) return;
  const line = `apt-get install -y ${missing.join(' ')}`;
  if (!(await isThere('apt-get'))) {
    throw new Error(`these Debian packages, or what they are called here, are missing: ${missing.join(', ')}`);
  }
  if (process.getuid?.() !== 0) throw new Error(`packages are missing. Install them with: sudo ${line}`);
  progress(`Installing ${missing.join(', ')}`);
  // another installation may be under way, and this one need not fail for it
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', ['update', '-q'], { env, reject: false, stdout: 'ignore', stderr: 'ignore' });
  const argv = ['install', '-y', ...options, ...missing];
  const { failed, stderr } = await execa('apt-get', argv, { env, timeout: 600_000, reject: false });
  if (failed) throw new Error(`${line} failed:\n${stderr.split('\n').slice(-5).join('\n')}`);
}
