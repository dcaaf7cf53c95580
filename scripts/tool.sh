#!/bin/sh
# tool.sh NAME [VERSION]: prints the path of a Go program, building it first from its module where it is missing. Which
# there are: clusters/offline/tools/table.sh. VERSION: another than the pinned one, for programs of Kubernetes.
# The programs live in a per-user cache outside the checkout, one file per version. Exit code 3: it cannot be had here.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
tools=$here/clusters/offline/tools
bin=${XDG_CACHE_HOME:-$HOME/.cache}/netvet/bin
name=${1:?usage: tool.sh NAME [VERSION]}
. "$tools/table.sh"
# k6 is a program that people have; any version that runs TypeScript (1.0 or newer) will do
# (an image takes none but the pinned one: NETVET_TOOLS_OWN)
if [ "$name" = k6 ] && [ -z "${NETVET_TOOLS_OWN:-}" ] && command -v k6 >/dev/null; then command -v k6; exit 0; fi
module=$tools/$dir
# the one version that the wrapper module requires
pinned=$(awk '$1 == "require" && $3 ~ /^v/ { print $3; exit }' "$module/go.mod")
version=${2:-$pinned}
file=$bin/$name-$version
if [ -x "$file" ]; then echo "$file"; exit 0; fi
if ! command -v go >/dev/null; then
  echo "tool.sh: $name $version is not in $bin, and there is no Go to build it with:" \
    "install Go 1.26 and run this again" >&2
  exit 3
fi
set_flags
echo "building $name $version (once; kept in $bin)" >&2
mkdir -p "$bin"
# a proxy list that ends in "direct" hangs on a machine that reaches the proxy only
GOPROXY=$(go env GOPROXY | cut -d, -f1) && export GOPROXY
mod=readonly
if [ "$version" != "$pinned" ]; then mod=mod; make_module; fi
(cd "$module" && CGO_ENABLED=$cgo GOFLAGS=-mod=$mod \
  go build -trimpath -tags "$tags" -ldflags "$ldflags" -o "$file.$$" "$package") >&2 || { rm -f "$file.$$"; exit 3; }
mv "$file.$$" "$file"
echo "$file"
