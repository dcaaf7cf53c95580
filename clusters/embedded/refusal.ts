/** Why a machine does not let netvet make an embedded cluster, and what to type. */
import { readFileSync } from 'node:fs';

/** What unshare or the set-up printed, as one sentence and one thing to type. */
export function refusal(printed: string): Error {
  const needed = 'an embedded cluster needs the program unshare (package util-linux), which was not found';
  if (printed.includes('ENOENT')) return new Error(`${needed} (${printed})`);
  const failed = 'the private root of an embedded cluster could not be made';
  if (!/^unshare: |EPERM|EACCES/.test(printed)) return new Error(`${failed}: ${printed || 'it ended without a word'}`);
  const what = 'this machine does not let an ordinary user make namespaces, which an embedded cluster is made of';
  return new Error(`${what} (${printed}). ${remedy()}`);
}

function sysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined; // this kernel does not have it
  }
}

function remedy(): string {
  const wrong: [string, string, string][] = [
    ['kernel.unprivileged_userns_clone', '0', '1'],
    ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
    ['user.max_user_namespaces', '0', '15000'],
  ];
  const found = wrong.filter(([name, bad]) => sysctl(name) === bad);
  if (found.length > 0) return `Type: ${found.map(([name, , good]) => `sudo sysctl -w ${name}=${good}`).join(' && ')}`;
  return (
    `${wrong.map(([name]) => name).join(', ')} all allow it here: inside a container its engine decides ` +
    '(docker run --privileged), or run netvet on the host.'
  );
}
