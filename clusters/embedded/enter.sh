#!/bin/sh
# First process of the new namespaces (see enter.ts): builds a private root, then runs a command and reaps what is left
# behind.
#   enter.sh ID STAY DIRECTORY VISIBLE... -- COMMAND...
# ID names the sandbox; STAY is 1 if it outlives the caller; DIRECTORY is where the command runs; VISIBLE paths stay
# visible and writable where they are. Descriptors: 2 errors of this set-up, 3 control (a line is a signal's name for
# the command; its end means that the caller is gone), 4 the caller's stderr. Nothing here may write to a path of the
# host: everything is made on the tmpfs that becomes the root.
set -eu
id=$1 stay=$2 directory=$3
shift 3
new=/tmp

# --- the new root: a tmpfs, with the host's directories bound where they are ----------------------
mount -t tmpfs -o mode=755 netvet "$new"
for path in /* /.[!.]*; do
  name=${path#/}
  case $name in
    # made here, or of no use inside
    .host | .proc | dev | etc | opt | proc | run | sys | tmp | var | lost+found) continue ;;
  esac
  if [ -L "$path" ]; then
    ln -s "$(readlink "$path")" "$new/$name"
  elif [ -d "$path" ]; then
    mkdir "$new/$name"
    case $name in
      usr | bin | sbin | lib* | boot) mount -o rbind,ro "$path" "$new/$name" || mount --rbind "$path" "$new/$name" ;;
      *) mount --rbind "$path" "$new/$name" ;;
    esac
  fi
done
# .proc: where nodes keep this namespace's /proc, beside their own
(cd "$new" && mkdir .host .proc dev proc sys tmp run run/netvet run/netns run/lock)
chmod 1777 "$new/tmp"
mount --rbind /dev "$new/dev"
# Docker masks parts of /proc and /sys, and then the kernel refuses fresh ones
mount -t proc proc "$new/proc"
mount -t sysfs sysfs "$new/sys" 2>/dev/null || mount --rbind /sys "$new/sys"
cd "$new"
pivot_root . .host
cd /

# --- directories of which a part is private: real ones, filled with links to the host's entries ---
# A directory whose parts are all the host's is one link; one in which anything differs is real.
host=/.host
while [ -d "$host/.host" ]; do host=$host/.host; done # a sandbox in a sandbox
farm() {
  rm -f "$1"
  mkdir "$1"
  ln -s "$host$1/"* "$1/" 2>/dev/null || :
}
farm /etc
farm /opt
farm /var
farm /var/lib
rm -f /etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/hostname /etc/cni /etc/netns /etc/kubernetes /opt/cni \
  /var/run /var/lock /var/log /var/tmp /var/lib/cni /var/lib/kubelet /var/lib/kube-proxy
mkdir -p /etc/cni/net.d /etc/netns /etc/kubernetes /opt/cni/bin /var/log /var/tmp \
  /var/lib/cni /var/lib/kubelet /var/lib/kube-proxy
chmod 1777 /var/tmp
ln -s ../run /var/run
ln -s ../run/lock /var/lock
printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
printf 'hosts: files dns\npasswd: files\ngroup: files\n' >/etc/nsswitch.conf
echo netvet >/etc/hostname
: >/etc/resolv.conf
hostname netvet 2>/dev/null || :

# --- paths that the caller needs where they are ---------------------------------------------------
while [ "$1" != -- ]; do
  printf '%s\n' "$1" >>/run/netvet/visible
  case $1 in
    /dev/*) ;;
    /etc/* | /opt/* | /run/* | /tmp/* | /var/*)
      # make every directory on the way a real one, then bind the path itself
      rest=${1#/} at=
      while [ "$rest" != "${rest#*/}" ]; do
        at=$at/${rest%%/*} rest=${rest#*/}
        if [ -L "$at" ]; then farm "$at"; fi
        [ -d "$at" ] || mkdir "$at"
      done
      rm -f "$1"
      mkdir -p "$1"
      mount --rbind "/.host$1" "$1"
      ;;
  esac
  shift
done
shift
mount -o remount,bind,ro /.host 2>/dev/null || :
mount -t tmpfs -o mode=1777 shm /dev/shm 2>/dev/null || :

# --- network: lo, and nothing else: no packet can leave -------------------------------------------
ip link set lo up

# the identity of this sandbox as the host sees it: process id and start time, for whoever wants to end it
{ read -r pid rest </.host/proc/self/stat && echo "$pid ${rest##*) }" >/run/netvet/first; } 2>/dev/null || :
echo "$id" >/run/netvet/id

# --- control: signals for the command, and the end when the caller is gone, by whatever signal ----
if [ "$stay" = 0 ]; then
  (
    while read -r signal <&3; do
      until [ -s /run/netvet/command ]; do sleep 0.01; done
      kill -s "$signal" "$(cat /run/netvet/command)" 2>/dev/null || :
    done
    kill -KILL -1
  ) >/dev/null 2>&1 &
fi

# --- the command, in the foreground: a waiting shell reaps every orphan ---------------------------
cd "$directory" 2>/dev/null || cd /
echo entered >&2
set +e
sh -c 'echo $$ >/run/netvet/command; exec "$@" 2>&4 3>&- 4>&-' sh "$@"
exit $?
