#!/bin/sh
# Becomes a container's program: mounts what its root directory gets, changes into it, runs the program as process 1.
#   container.sh ROOT FSTAB DIRECTORY CAPABILITIES PROGRAM...
# CAPABILITIES: what its root may do, as setpriv(1) takes it.
# Runs in the container's namespaces with the container's environment; its first child is the first process of the PID
# namespace. The program's end, by whatever signal, is its own exit code. Descriptor 3 gets one line: "pid PID NODEPID"
# when the program is about to be started, with its process ids as netvet and as the node see them, or "error TEXT" if
# there will be no program.
root=$1 fstab=$2 directory=$3 capabilities=$4 path=$PATH
shift 4
exec 4>&2 2>/dev/null # a shell has something to say about children that were killed
(
  exec 2>&4 4>&-
  fail() {
    echo "error $*" >&3
    exit 128
  }
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  failed=$(mount -a -T "$fstab" 2>&1) || fail "mounting failed: $failed"
  cd "$root" && pivot_root . .node || fail "the root directory could not be changed"
  cd "$directory" 2>/dev/null || { mkdir -p "$directory" && cd "$directory"; } || fail "no working directory $directory"
  setpriv=$(command -v setpriv) || fail "setpriv was not found"
  PATH=$path
  command -v "$1" >/dev/null || fail "exec: \"$1\": executable file not found in \$PATH"
  read -r pid _ </.proc/self/stat && read -r node_pid _ </.node/proc/self/stat
  echo "pid $pid $node_pid" >&3
  exec "$setpriv" --bounding-set "$capabilities" -- "$@" 3>&-
)
exit $?
