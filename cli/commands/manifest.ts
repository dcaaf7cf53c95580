import { Command } from 'commander';
import { manifestText } from '../../clusters/cni/reference-manifest.ts';
import { bundleAgent } from '../../reference/bundle.ts';
import { version } from '../paths.ts';
import { UsageError } from '../usage.ts';

interface Flags {
  apiServer?: string;
  fabric: string;
}

const fabrics = ['auto', 'vxlan'] as const;

function mistakesIn({ apiServer, fabric }: Flags): string[] {
  const isUrl = apiServer === undefined || (/^https?:\/\/\S+$/.test(apiServer) && URL.canParse(apiServer));
  return [
    isUrl ? [] : [`--api-server takes a URL such as https://10.0.0.1:6443, and "${apiServer}" is none`],
    fabrics.some((one) => one === fabric) ? [] : [`--fabric takes ${fabrics.join(' or ')}, and "${fabric}" is neither`],
  ].flat();
}

/** `netvet manifest`: prints the reference CNI as YAML. */
export function manifestCommand(): Command {
  return new Command('manifest')
    .description('prints the reference CNI as one manifest for kubectl apply')
    .option('--api-server <url>', "how nodes reach the API server (default: as each node's kubelet does)")
    .option(
      '--fabric <auto|vxlan>',
      'between nodes: routes where a link reaches the node and else VXLAN, or VXLAN only',
      'auto',
    )
    .addHelpText(
      'after',
      `
For a cluster without a CNI and without kube-proxy, Kubernetes 1.30 or newer, whose nodes have Pod ranges
(kubeadm init --pod-network-cidr 10.244.0.0/16 --skip-phases addon/kube-proxy), and nft, ip, conntrack and curl.

Examples:
  netvet manifest | kubectl apply -f -
  netvet manifest --fabric vxlan > netvet-cni.yaml
  netvet manifest | kubectl delete -f -      Pods keep their network; the nodes take no new ones`,
    )
    .action(async (flags: Flags) => {
      const mistakes = mistakesIn(flags);
      if (mistakes.length > 0) throw new UsageError(mistakes);
      const { apiServer } = flags;
      const fabric = flags.fabric as (typeof fabrics)[number];
      const bundle = { ...(await bundleAgent()) };
      process.stdout.write(manifestText({ bundle, version, fabric, ...(apiServer !== undefined && { apiServer }) }));
    });
}
