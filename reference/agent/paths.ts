/** Where things are on a node. All are seen from the node; the agent puts its host root in front. */
export const paths = {
  socketDirectory: '/run/netvet-cni',
  /** Known to the plugin script too. */
  socket: '/run/netvet-cni/agent.sock',
  attachments: '/var/lib/cni/netvet/attachments',
  /** DEL requests that came while there was no agent. Known to the plugin script too. */
  deletions: '/var/lib/cni/netvet/deletions',
  /** host-local's place and format, so that its tools can read it: <directory>/<network>/<address>. */
  leases: '/var/lib/cni/networks/netvet',
  plugins: '/opt/cni/bin',
  configurations: '/etc/cni/net.d',
};
