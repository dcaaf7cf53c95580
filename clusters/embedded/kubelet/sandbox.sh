#!/bin/sh
# Furnishes a Pod's new network, UTS and IPC namespaces: host name, lo, sysctls.
#   sandbox.sh HOSTNAME [SYSCTL VALUE]...
# not by /proc/sys: there an ordinary user’s namespace may not write it
hostname "$1" || exit 1
shift
ip link set lo up || exit 1
# containerd's defaults: any port for any user
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
while [ $# -gt 1 ]; do
  echo "$2" >"/proc/sys/$1" || exit 1
  shift 2
done
