/**
 * How good nodes are for a Pod: the sum of what the real scheduler's plugins say, each from 0 to 100, by their default
 * weights. https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/scheduler/apis/config/v1/default_plugins.go
 */
import type { Node, Pod } from '../../kinds.ts';
import { quantity } from '../../quantity.ts';
import { taintsOf, untolerated } from '../nodes.ts';
import { nodeMatches } from '../selectors.ts';
import { affinityScores, type Snapshot, spreadScores } from './topology.ts';

/** One number for each of the nodes. */
type Scores = (pod: Pod, nodes: Node[], snapshot: Snapshot) => number[];

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

const taints: Scores = ({ spec: { tolerations } }, nodes) =>
  nodes.map((node) => (untolerated(taintsOf(node), tolerations, ['PreferNoSchedule']) ? 0 : 100));

const nodeAffinity: Scores = ({ spec }, nodes) => {
  const wishes = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const met = nodes.map((node) =>
    sum(wishes.map(({ preference, weight }) => (nodeMatches(preference, node) ? weight : 0))),
  );
  const most = Math.max(1, ...met);
  return met.map((each) => (100 * each) / most);
};

/** What a container counts as that asks for nothing. */
const least = { cpu: '100m', memory: '200Mi' };

/** Two plugins: how much of processors and memory is free, and how even their shares are for one that asks for any. */
const resources: Scores = (pod, nodes, snapshot) =>
  nodes.map((node) => {
    const containers = [...snapshot.podsOn(node), pod].flatMap(({ spec }) => spec.containers);
    const share = (name: 'cpu' | 'memory', otherwise: string) => {
      const asked = containers.map((each) => quantity(each.resources?.requests?.[name] ?? otherwise) ?? 0);
      return Math.min(1, sum(asked) / (quantity(node.status?.allocatable?.[name]) ?? 0));
    };
    const free = (share: number) => Math.floor(100 * (1 - share));
    const leastAllocated = (free(share('cpu', least.cpu)) + free(share('memory', least.memory))) / 2;
    const asks = pod.spec.containers.some((each) => each.resources?.requests);
    return leastAllocated + (asks ? free(Math.abs(share('cpu', '0') - share('memory', '0')) / 2) : 0);
  });

const plugins: [weight: number, scores: Scores][] = [
  [3, taints],
  [2, nodeAffinity],
  [2, spreadScores],
  [2, affinityScores],
  [1, resources],
];

/** The more the better. */
export const scoresOf: Scores = (pod, nodes, snapshot) => {
  const all = plugins.map(([weight, scores]) => scores(pod, nodes, snapshot).map((each) => weight * Math.floor(each)));
  return nodes.map((_, i) => sum(all.map((scores) => scores[i] as number)));
};
