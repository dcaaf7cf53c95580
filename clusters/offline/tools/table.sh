# Programs that scripts/tool.sh builds, which sources this file: for each $name the folder here whose module pins it,
# and its package.
ldflags='-s -w' tags= cgo=0
case $name in
  k6) dir=k6 package=go.k6.io/k6/v2 ;;
  ptp) dir=plugins package=github.com/containernetworking/plugins/plugins/main/ptp ;;
  loopback) dir=plugins package=github.com/containernetworking/plugins/plugins/main/loopback ;;
  host-local) dir=plugins package=github.com/containernetworking/plugins/plugins/ipam/host-local ;;
  portmap) dir=plugins package=github.com/containernetworking/plugins/plugins/meta/portmap ;;
  bridge) dir=plugins package=github.com/containernetworking/plugins/plugins/main/bridge ;;
  helm) dir=helm package=helm.sh/helm/v3/cmd/helm ;;
  cilium-agent) dir=cilium package=github.com/cilium/cilium/daemon ;;
  cilium-cni) dir=cilium package=github.com/cilium/cilium/plugins/cilium-cni ;;
  cilium-dbg) dir=cilium package=github.com/cilium/cilium/cilium-dbg ;;
  cilium-health-responder) dir=cilium package=github.com/cilium/cilium/cilium-health/responder ;;
  cilium-mount) dir=cilium package=github.com/cilium/cilium/tools/mount ;;
  cilium-sysctlfix) dir=cilium package=github.com/cilium/cilium/tools/sysctlfix ;;
  cilium-operator-generic) dir=cilium package=github.com/cilium/cilium/operator tags=ipam_provider_operator ;;
  flanneld) dir=flannel package=github.com/flannel-io/flannel ;;
  flannel-install-conf) dir=flannel package=github.com/flannel-io/flannel/cmd/install_conf ;;
  flannel) dir=flannel-plugin package=github.com/containernetworking/plugins/plugins/meta/flannel ;;
  cnitool) dir=cnitool package=github.com/containernetworking/cni/cnitool ;;
  kubectl | kubelet | kubeadm | kube-proxy | kube-apiserver | kube-controller-manager | kube-scheduler)
    dir=kubernetes package=k8s.io/kubernetes/cmd/$name
    ;;
  etcd) dir=etcd package=go.etcd.io/etcd/server/v3 ;;
  coredns) dir=coredns package=github.com/coredns/coredns ;;
  containerd | containerd-shim-runc-v2 | ctr) dir=containerd package=github.com/containerd/containerd/v2/cmd/$name ;;
  *) echo "tool.sh: no tool is called '$name'" >&2; exit 2 ;;
esac

# What programs of a module are built with, beyond the usual. Needs $version.
set_flags() {
  case $dir in
    kubernetes)
      v=k8s.io/component-base/version minor=${version#v1.}
      ldflags="$ldflags -X $v.gitVersion=$version -X $v.gitMajor=1 -X $v.gitMinor=${minor%%.*} -X $v.gitTreeState=clean"
      ;;
    cilium) ldflags="$ldflags -X github.com/cilium/cilium/pkg/version.ciliumVersion=${version#v}" ;;
    flannel-plugin)
      ldflags="$ldflags -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=$version"
      ;;
    flannel)
      ldflags="$ldflags -X github.com/flannel-io/flannel/pkg/version.Version=$version"
      # on x86-64 one of its backends is written in C; static, because the image is of another system
      if [ "$name" = flanneld ] && [ "$(go env GOARCH)" = amd64 ]; then
        if ! command -v "$(go env CC)" >/dev/null; then
          echo "tool.sh: $name $version is built with a C compiler, and there is none:" \
            "apt-get install gcc libc6-dev" >&2
          exit 3
        fi
        cgo=1 tags=netgo,osusergo ldflags="$ldflags -extldflags=-static"
      fi
      ;;
    containerd)
      ldflags="$ldflags -X github.com/containerd/containerd/v2/version.Version=${version#v}"
      # snapshotters for file systems that a node's /var never is on
      tags=no_btrfs,no_zfs,no_devmapper
      ;;
  esac
}

# Sets $module to a new folder with a module that requires $version: what that version's own module requires, but its
# parts as they are published.
make_module() {
  if [ "$dir" != kubernetes ]; then echo "tool.sh: of $name there is the pinned version only" >&2; exit 2; fi
  go mod download "k8s.io/kubernetes@$version" >&2 || exit 3
  source=$(go env GOMODCACHE)/k8s.io/kubernetes@$version
  module=$(mktemp -d)
  trap 'rm -rf "$module"' EXIT
  sed "s|^module .*|module netvet/tools/kubernetes|; s|=> \./staging/src/\(.*\)|=> \1 v0.${version#v1.}|" \
    "$source/go.mod" >"$module/go.mod"
  cat "$source/go.sum" >"$module/go.sum"
  (cd "$module" && go mod edit -require="k8s.io/kubernetes@$version")
}
