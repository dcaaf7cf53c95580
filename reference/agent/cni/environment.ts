import { CniError, codes } from './errors.ts';

/** https://www.cni.dev/docs/spec/#parameters: container IDs and network names are parts of paths. */
export const isSafeName = (text: string) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text) && text.length <= 200;

/**
 * `ip -batch` splits at white space, knows quotes and takes # for a comment; %d in a name is a pattern to the kernel.
 */
const safeToken = /^[!$&(-~]+$/;
const isSafeToken = (text: string) => safeToken.test(text) && !text.includes('\\') && !text.includes('`');

/**
 * CNI_PATH is optional by the specification (the Go library wants it); netvet starts no other plugin and never reads
 * it.
 */
const required = new Map([
  ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['DEL', ['CNI_CONTAINERID', 'CNI_IFNAME']],
  ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME']],
  ['STATUS', []],
  ['GC', []],
]);

/** Throws one error that names all the variables that are bad for this verb. */
export function checkEnvironment(verb: string, env: Record<string, string>): void {
  const needed = required.get(verb);
  if (needed === undefined) throw new CniError(codes.badEnvironment, `unknown CNI_COMMAND: ${verb}`);
  const problems = needed.filter((name) => (env[name] ?? '') === '').map((name) => `${name} is missing`);
  const { CNI_CONTAINERID: id = '', CNI_IFNAME: ifname = '', CNI_NETNS: netns = '' } = env;
  if (needed.includes('CNI_CONTAINERID') && id !== '' && !isSafeName(id)) {
    problems.push('CNI_CONTAINERID has invalid characters, or more than 200');
  }
  if (needed.includes('CNI_IFNAME') && ifname !== '') {
    if (Buffer.byteLength(ifname) > 15) problems.push('CNI_IFNAME is longer than 15 characters');
    else if (ifname === '.' || ifname === '..' || /[/:\s]/.test(ifname)) {
      problems.push('CNI_IFNAME is . or .., or contains / or : or white space');
    } else if (!isSafeToken(ifname))
      problems.push('CNI_IFNAME contains a quote, #, %, a backslash or a character outside ASCII');
  }
  // DEL never opens the namespace, so whatever is in there does no harm
  if (
    verb !== 'DEL' &&
    needed.includes('CNI_NETNS') &&
    netns !== '' &&
    !(netns.startsWith('/') && isSafeToken(netns))
  ) {
    problems.push('CNI_NETNS is no absolute path of plain characters');
  }
  if (problems.length > 0)
    throw new CniError(codes.badEnvironment, `bad environment variables: ${problems.join('; ')}`);
}
