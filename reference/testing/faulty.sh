#!/bin/sh
# faulty.sh FILE COMMAND...: runs COMMAND, unless FILE says otherwise. FILE holds "MODE PATTERN"; a command that has the
# PATTERN then fails without being run (before), fails after it was run (after), waits until FILE.hangs, which it makes,
# is gone (late), or never ends (hang; FILE.hangs is there then).
file=$1
read -r mode pattern 2>/dev/null <"$file" || mode=
shift
case $mode,$* in
  before,*"$pattern"*) echo 'injected fault' >&2; exit 1 ;;
  after,*"$pattern"*) "$@"; echo 'injected fault' >&2; exit 1 ;;
  late,*"$pattern"*) : >"$file.hangs"; while [ -e "$file.hangs" ]; do sleep 0.05; done ;;
  hang,*"$pattern"*) : >"$file.hangs"; exec sleep 3600 ;;
esac
exec "$@"
