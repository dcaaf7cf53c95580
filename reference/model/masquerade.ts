/** Pods reach what is outside the cluster under their node's address. */
export interface MasqueradeState {
  /** Sources: the node's Pod ranges, disjoint and sorted, each `first-last`. */
  sources: string[];
  /** Destinations that see the Pod's own address: all Pod ranges and all nodes' addresses, disjoint and sorted. */
  except: string[];
}
