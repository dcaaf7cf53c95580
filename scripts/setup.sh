#!/bin/sh
# Makes a fresh machine ready: npm packages, system tools, k6. Idempotent, and instant when there is nothing to do.
# Exit code 2: something is missing that only you can install; the last line is the command to paste.
set -eu
cd "$(dirname "$0")/.."

# --- system tools -----------------------------------------------------------------------------------------------
missing=
for tool in ip nft unshare setpriv nsenter conntrack curl; do
  # /usr/sbin is not on every user's PATH
  PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  if command -v apt-get >/dev/null; then
    install='apt-get install -y iproute2 nftables util-linux conntrack curl' refresh='apt-get update -qq'
  elif command -v dnf >/dev/null; then
    install='dnf install -y iproute nftables util-linux conntrack-tools curl' refresh=true
  elif command -v apk >/dev/null; then
    install='apk add iproute2 nftables util-linux util-linux-misc setpriv conntrack-tools curl' refresh=true
  else
    echo "netvet needs these programs, which were not found:$missing" >&2
    echo "install iproute2, nftables, util-linux, conntrack and curl with this system's package manager," >&2
    echo "then run this again" >&2
    exit 2
  fi
  if [ "$(id -u)" = 0 ]; then
    echo "installing what is missing:$missing" >&2
    $refresh >&2
    DEBIAN_FRONTEND=noninteractive $install >&2
  else
    echo "netvet needs these programs, which were not found:$missing. Install them with:" >&2
    echo "  sudo $install" >&2
    exit 2
  fi
fi

# --- npm packages, when the lock file is not the one they were installed from ---------------------------------------
if ! cmp -s package-lock.json node_modules/.netvet-lock; then
  echo "installing npm packages" >&2
  # some packages refuse the machine's Node with a warning; they are run by the Node 24 that comes with them
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.netvet-lock
fi

# --- k6, for the load scenarios: without it they are skipped, with that reason -------------------------------------
if ! sh scripts/tool.sh k6 >/dev/null; then
  echo "without k6 the load scenarios are skipped" >&2
fi
