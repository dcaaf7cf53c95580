#!/bin/sh
# First process of a node's namespaces (network, mount, UTS, IPC, PID): furnishes them, then reaps orphans until stdin
# ends.
#   node.sh NAME STATE
# STATE holds the directories that are the node's own, and the mounts to make as an fstab. Talks with index.ts in
# lines: "made PID" (plug the link in), then reads the batch for ip up to an empty line, "up" when that has been carried
# out. The end of stdin is the end of the node.
set -eu
name=$1 state=$2
hostname "$name" 2>/dev/null || :
read -r pid _ </proc/self/stat # as the namespace sees it in which the node is made: this is still its /proc

# one mount process for all of them
mount -a -T "$state/fstab"
mount -t proc proc /proc # "mount -a" would skip it: there is one already
mount -t sysfs sysfs /sys 2>/dev/null || :
# what a CNI agent mounts or sees mounted below here spreads to the Pods that ask for it, as on a real node
mount --make-rshared /
echo "made $pid"

batch=
while read -r line && [ -n "$line" ]; do
  batch="$batch$line
"
done
printf '%s' "$batch" | ip -batch -
# a fresh kernel does not forward; every kubelet's node does (kubeadm's preflight asks for it)
echo 1 >/proc/sys/net/ipv4/ip_forward
echo up

# "wait" reaps whatever is left behind here, "read" would not
exec 3<&0
(while read -r _ <&3; do :; done) &
exec 3<&- </dev/null
wait
