# All that is in nftables, in the directory $2: `sh ruleset.sh save DIR` keeps it table by table and changes nothing,
# `flush` takes something away, `restore` brings back the tables whose owners have not. Each ends with a sentence if it
# cannot. nft does not read back all that iptables has written ("xt"): such tables go through iptables.
set -u
dir=$2

fail() {
  echo "$*"
  exit 1
}

# Tables, and what has something in it: "ip nat table -", "ip nat chain PREROUTING", "ip nat set addresses".
filled() {
  table='' block=''
  nft list ruleset 2>/dev/null | while read -r first second third _; do
    case $first in
      table)
        table="$second $third" block=''
        echo "$table table -"
        ;;
      chain | set | map) [ -n "$block" ] || block="$first $second" ;;
      '}') block='' ;;
      '#'* | type | comment | policy) ;;
      *)
        case "$block $first" in
          'chain '* | 'set '*' elements' | 'map '*' elements')
            echo "$table $block"
            # once
            block='no more'
            ;;
        esac
        ;;
    esac
  done
}

# The text that makes a table what it was, in one transaction.
again() {
  printf 'add table %s\ndelete table %s\n' "$(cat "$1.name")" "$(cat "$1.name")"
  cat "$1.nft"
}

# iptables, or ip6tables, that writes to nftables.
iptables_for() {
  case $1 in ip) name=iptables ;; ip6) name=ip6tables ;; *) return 1 ;; esac
  for tool in "$name-nft" "$name"; do
    "$tool-save" -V 2>/dev/null | grep -q nf_tables && echo "$tool" && return
  done
  return 1
}

# Whether a table has what iptables did not write: it leaves out sets, and what rules match that it does not know. Its
# own rules count packets, and name no sets.
has_others() {
  nft -a list table "$1" "$2" 2>/dev/null | grep '# handle' >"$3.all"
  grep -v '{ # handle' "$3.all" >"$3.rules"
  grep '{ # handle' "$3.all" | grep -qv '^table \|^[[:space:]]*chain ' && return
  grep -qv '[[:space:]]counter ' "$3.rules" && return
  grep -q ' @[a-zA-Z_]\| vmap ' "$3.rules" && return
  [ "$(grep -c -- ' -A ' "$3.xt")" != "$(grep -c . "$3.rules")" ]
}

keep_iptables() {
  family=$1 name=$2 kept=$3
  tool=$(iptables_for "$family") || fail "rules of iptables in table $family $name, and no iptables to bring them back"
  echo "$tool" >"$kept.tool"
  "$tool-save" -c -t "$name" >"$kept.xt" 2>"$kept.said" || fail "$tool-save: $(cat "$kept.said")"
  if has_others "$family" "$name" "$kept"; then
    fail "table $family $name has rules of iptables and others: none could bring back both"
  fi
  "$tool-restore" -c --test <"$kept.xt" 2>"$kept.said" || fail "$tool-restore: $(cat "$kept.said")"
}

save() {
  nft list tables >"$dir/tables" 2>&1 || fail "$(cat "$dir/tables")"
  number=0
  while read -r _ family name; do
    number=$((number + 1))
    kept="$dir/$number"
    nft list table "$family" "$name" >"$kept.nft" 2>"$kept.said" || fail "$(cat "$kept.said")"
    echo "$family $name" >"$kept.name"
    if grep -q 'managed by iptables-nft\|xt match\|xt target\|# xt_' "$kept.nft" "$kept.said"; then
      keep_iptables "$family" "$name" "$kept"
    elif ! again "$kept" | nft -c -f - 2>"$kept.said"; then
      fail "table $family $name could not be brought back: $(head -n 1 "$kept.said")"
    fi
  done <"$dir/tables"
  filled >"$dir/filled"
}

# $1: a pattern of kinds. Prints how many there were.
flush() {
  grep -E "^[^ ]+ [^ ]+ ($1) " "$dir/filled" >"$dir/taken" || return 0
  if [ "$1" = '.*' ]; then
    nft flush ruleset || exit
  else
    while read -r family table kind name; do
      echo "flush $kind $family $table $name"
    done <"$dir/taken" | nft -f - || exit
  fi
}

# Of what was taken from a table half is lost: nobody has brought it back.
restore() {
  [ -f "$dir/taken" ] || return 0
  filled >"$dir/now"
  grep -vxF -f "$dir/now" "$dir/taken" >"$dir/lost" || return 0
  for kept in "$dir"/*.name; do
    table=$(cat "$kept")
    kept=${kept%.name}
    lost=$(grep -c "^$table " "$dir/lost")
    [ "$lost" -gt 0 ] && [ $((2 * lost)) -ge "$(grep -c "^$table " "$dir/taken")" ] || continue
    if [ -f "$kept.xt" ]; then
      "$(cat "$kept.tool")-restore" -c <"$kept.xt"
    else
      again "$kept" | nft -f -
    fi || failed="${failed-} table $table"
  done
  [ -z "${failed-}" ] || fail "not brought back:$failed"
}

case $1 in
  save) save ;;
  count) grep -cE "^[^ ]+ [^ ]+ ($3) " "$dir/filled" || true ;;
  flush) flush "$3" ;;
  restore) restore ;;
esac
