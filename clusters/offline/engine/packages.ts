/** Programs that the engine and its images need of this machine, from Debian's packages. */
import { access, constants } from 'node:fs/promises';
import { execa } from 'execa';

/** Program -> the Debian package that has it. */
const engine = { dockerd: 'docker.io', iptables: 'iptables', nft: 'nftables', ip: 'iproute2', jq: 'jq' };
const images = { mmdebstrap: 'mmdebstrap', tar: 'tar' };

/** /usr/sbin is not on every user's PATH. */
const path = () => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

async function isThere(program: string): Promise<boolean> {
  for (const directory of path().split(':')) {
    const found = await access(`${directory}/${program}`, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/**
 * Installs what is missing, where this is root on Debian or a relative of it. Rejects elsewhere with the line to paste. `purpose`: what
 * the programs are for.
 */
export async function needPackages(purpose: 'engine' | 'images', progress: (line: string) => void): Promise<void> {
  const wanted = Object.entries(purpose === 'engine' ? engine : images);
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
  try {
    await execa('apt-get', ['install', '-y', ...options, ...missing], { env, timeout: 600_000 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${line} failed:\n${stderr.split('\n').slice(-5).join('\n')}`, { cause: error });
  }
}
