/**
 * What is done to a node is written down there before it is done: a directory RECORDS/RUN/NODE/KEY with the sentence
 * `what` and the script `undo`, whose $1 is the directory. So `netvet cleanup` can take back what a killed run cannot.
 * They go with the next boot, as what they take back does.
 */
import { type Executed, execIn, type Kube } from '../kube/index.ts';
import { waits } from '../waits.ts';
import { nodeShellLabel, runLabel } from '../workloads/index.ts';

const records = '/run/netvet-undo';

/** Into all namespaces of the node's first process: from there on it is as if one had logged in. */
const entrance = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];

/** Runs a script of sh on a node, with words as $1, $2 ... BrokenError: the node cannot be asked. */
export function runOnNode(
  kube: Pick<Kube, 'config'>,
  { node, namespace, pod }: { node: string; namespace: string; pod: string },
  script: string,
  words: string[],
): Promise<Executed> {
  const argv = [...entrance, 'sh', '-c', script, 'sh', ...words];
  const how = { what: `a command on ${node}`, timeoutMs: waits.nodeCommand };
  return execIn(kube, { namespace, pod, container: 'shell' }, argv, how);
}

export const recordOf = (run: string, node: string, key: string): string => `${records}/${run}/${node}/${key}`;

/** $1: the directory, $2: what, $3: undo, and then names and contents of files that it needs. */
export const writeRecord = `dir=$1; mkdir -p "$dir" && printf '%s\\n' "$2" >"$dir/what" && undo=$3 && shift 3 &&
while [ $# -gt 0 ]; do printf '%s\\n' "$2" >"$dir/$1" && shift 2 || exit; done && printf '%s\\n' "$undo" >"$dir/undo"`;

/** $1: the directory. What could not be taken back stays written down. */
export const takeBack = `{ [ ! -f "$1/undo" ] || sh "$1/undo" "$1"; } && rm -rf "$1" &&
{ rmdir -p "\${1%/*}" 2>/dev/null || true; }`;

/** $1: of which run and node. Takes back all of it, newest first: "gone  WHAT" or "stays WHAT: WHY", a line each. */
const takeBackAll = `[ -d "$1" ] || exit 0
for name in $(ls -t "$1"); do
  what=$(cat "$1/$name/what" 2>/dev/null) || what="a record without a name"
  if said=$(take() { ${takeBack}; }; take "$1/$name" 2>&1); then echo "gone  $what"
  else echo "stays $what: $(echo "$said" | tr '\\n' ' ')"; fi
done`;

/** Takes back what a run that has ended did to nodes, through the Pods by which it reached them. */
export async function takeBackRun(kube: Kube, run: string): Promise<{ gone: string[]; stays: string[] }> {
  const namespaces = await kube.list({ kind: 'Namespace', labelSelector: `${runLabel}=${run}` });
  const lists = namespaces.map(({ metadata }) =>
    kube.list({ kind: 'Pod', namespace: metadata.name, labelSelector: nodeShellLabel }),
  );
  const pods = (await Promise.all(lists)).flat();
  const running = pods.filter(({ metadata, status }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
  const byNode = new Map(running.map((pod) => [pod['spec'].nodeName as string, pod.metadata]));
  const answers = [...byNode].map(async ([node, { namespace = '', name: pod }]) => {
    const words = [recordOf(run, node, '').slice(0, -1)];
    const { code, output } = await runOnNode(kube, { node, namespace, pod }, takeBackAll, words).catch(
      ({ message: output }: Error): Executed => ({ code: 1, output }),
    );
    if (code !== 0) return [`stays ${node}: what scenarios did there is not known: ${output.trim()}`];
    const lines = output.split('\n').filter((line) => line !== '');
    return lines.map((line) => `${line.slice(0, 6)}${node}: ${line.slice(6)}`);
  });
  const said = (await Promise.all(answers)).flat();
  const thatAre = (word: string) => said.flatMap((line) => (line.startsWith(word) ? [line.slice(6)] : []));
  return { gone: thatAre('gone'), stays: thatAre('stays') };
}
