#!/bin/sh
# As in the official image: what is no command is for node.
case ${1:-} in
  -* | '') exec node "$@" ;;
esac
command -v "$1" >/dev/null || exec node "$@"
exec "$@"
