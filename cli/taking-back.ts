import { Kube } from '../steps/kube/index.ts';
import { takeBackRun } from '../steps/nodes/records.ts';

/** Takes back what a run did to nodes, and says so. Returns whether nothing of it stays. */
export async function takeBackOn(
  { kubeconfig, context }: { kubeconfig: string; context?: string },
  run: string,
): Promise<boolean> {
  const { gone, stays } = await takeBackRun(new Kube(kubeconfig, context), run).catch((error: Error) => ({
    gone: [],
    stays: [`any node: what scenarios did there is not known: ${error.message}`],
  }));
  for (const line of gone) console.error(`taken back on ${line}`);
  for (const line of stays) console.error(`netvet: not taken back on ${line}`);
  return stays.length === 0;
}
