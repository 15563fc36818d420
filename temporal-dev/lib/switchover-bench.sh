#!/bin/sh
# Measures a planned move of the primary, ours as shipped beside the floor (checkpoint, fast stop, promote, by a shell
# script, to the same servers) and beside repmgr: the longest time between two acknowledged writes of one client, the
# whole run, and what 20 clients of pgbench behind PgBouncer see. Prints ratios; ends with 1 when a bar is missed.
# temporal-dev/bench calls it: switchover [ROUNDS]; a round is a move there and back of each.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/*}
# shellcheck source=shell.sh
. "$here/lib/shell.sh"
# shellcheck source=programs.sh
. "$here/lib/programs.sh"
# shellcheck source=repmgr-pair.sh
. "$here/lib/repmgr-pair.sh"
# shellcheck source=bench.sh
. "$here/lib/bench.sh"
# shellcheck source=streaming-bench.sh
. "$here/lib/streaming-bench.sh"

rounds=${1:-3}
case $rounds in
  '' | *[!0-9]* | 0) usage 'usage: temporal-dev/bench switchover [ROUNDS]' ;;
esac
begin_bench
also_down=pair_down

# measured SERIES SERVERS COMMAND...: runs it under a client that writes; how long nobody was acknowledged, how long it took.
measured() {
  series=$1 servers=$2
  shift 2
  begin_writing client "$servers"
  sleep 2
  begin=$(milliseconds)
  "$@"
  echo $(($(milliseconds) - begin)) >>"$work/$series.took"
  sleep 1
  end_writing client
  echo "$longest" >>"$work/$series"
  [ "$lost" -eq 0 ] || {
    say "$series LOST $lost of $acknowledged acknowledged writes"
    missed=yes
  }
}

nothing() {
  sleep 1
}

# The floor: nothing is looked at, nothing is proved, nothing is fenced.
bare_move() { # from, to
  ask "$1" CHECKPOINT
  as_owner "$MOORING_PG_BIN/pg_ctl" -D "$(of "$1" dataDirectory)" -m fast -w stop >/dev/null
  as_owner "$MOORING_PG_BIN/pg_ctl" -D "$(of "$2" dataDirectory)" -w promote >/dev/null
}

# In a synchronous pair nobody is acknowledged before the old primary streams again, so that is part of the gap.
bare_synchronous_move() { # from, to
  bare_move "$1" "$2"
  bare_follow "$1" "$2"
}

# Each waits for the other while it is the primary; a standby's own setting is asleep.
make_synchronous() {
  file=$lab/config/$name.yaml
  grep -q '^ *replication: {' "$file" || fail "no line begins with replication: { in $file"
  sed 's/replication: {/replication: {synchronous: {method: first, instances: [west-0]}, /' "$file" >"$work/synchronous.yaml"
  cat "$work/synchronous.yaml" >"$file"
  for pair in east-0:west_0 west-0:east_0; do
    ask "${pair%:*}" "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (${pair#*:})'"
    ask "${pair%:*}" 'SELECT pg_reload_conf()' >/dev/null
  done
}

our_move() { # series, to
  our_plan "$2"
  measured "$1" "$both" ours_to "$2" "$digest"
  run_time "$1.run" "mooring:$name:switchover"
}

our_plan() { # to
  "$root/starter/bin/mooring" plan switchover "$name" --to "$1" >"$work/plan" 2>&1 || {
    tail -n 30 "$work/plan" >&2
    fail "the plan of a switchover to $1 failed"
  }
  digest=$(grep -oE '[0-9a-f]{64}' "$work/plan" | tail -n 1)
  await_archives
}

ours_to() { # to, digest
  "$root/starter/bin/mooring" switchover "$name" --to "$1" --digest "$2" >"$work/ours.log" 2>&1 || {
    tail -n 30 "$work/ours.log" >&2
    fail "the switchover to $1 failed"
  }
}

# 20 clients that write behind PgBouncer while the primary moves: a client that sees an error is aborted by pgbench.
pooled_move() { # from, to
  printf '%s\n' 'INSERT INTO pooled VALUES (inet_server_addr());' >"$work/pooled.sql"
  ask "$1" 'CREATE TABLE IF NOT EXISTS pooled (server inet)'
  our_plan "$2"
  "$MOORING_PG_BIN/pgbench" -n -h "$(of f0 address)" -p 6432 -U postgres -c 20 -j 2 -T 20 -f "$work/pooled.sql" postgres \
    >"$work/pgbench" 2>&1 &
  pgbench=$!
  sleep 2
  ours_to "$2" "$digest"
  wait "$pgbench" || true
  aborted=$(grep -c 'aborted' "$work/pgbench" || true)
  failed=$(sed -n 's/^number of failed transactions: \([0-9]*\).*/\1/p' "$work/pgbench")
  processed=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$work/pgbench")
  kept=$(ask "$2" 'SELECT count(*) FROM pooled')
  servers=$(ask "$2" 'SELECT count(DISTINCT server) FROM pooled')
  say "20 clients of pgbench behind PgBouncer: ${processed:-no} transactions on $servers servers, ${failed:-?} failed, $aborted clients aborted, $kept rows kept"
  if [ "${failed:-1}" -ne 0 ] || [ "$aborted" -ne 0 ] || [ "$servers" -ne 2 ] || [ "$kept" -ne "${processed:-0}" ]; then
    missed=yes
  fi
}

# A move there and back of each.
one_round() {
  measured floor "$both" bare_move east-0 west-0
  bare_follow east-0 west-0
  measured floor "$both" bare_move west-0 east-0
  bare_follow west-0 east-0
  our_move ours west-0
  our_move ours east-0
  measured repmgr 127.0.0.1:7311,127.0.0.1:7312 pair_switch 2
  measured repmgr 127.0.0.1:7311,127.0.0.1:7312 pair_switch 1
}

one_synchronous_round() {
  measured floor-synchronous "$both" bare_synchronous_move east-0 west-0
  measured floor-synchronous "$both" bare_synchronous_move west-0 east-0
  our_move ours-synchronous west-0
  our_move ours-synchronous east-0
}

line() { # what, series
  say "$(printf '%-22s longest gap %4.0f ms (%s to %s), command %4.0f ms' "$1" "$(median "$2")" \
    "$(sort -n "$work/$2" | head -n 1)" "$(sort -n "$work/$2" | tail -n 1)" "$(median "$2.took")")"
}

find_repmgr() {
  repmgr=$(command -v repmgr || true)
  major=$("$MOORING_PG_BIN/postgres" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
  extension=$(find "/usr/share/postgresql/$major" "${MOORING_PG_BIN%/bin}" -name repmgr.control 2>/dev/null | head -n 1)
  if [ -n "$repmgr" ] && [ -n "$extension" ]; then
    return
  fi
  lacking 'repmgr (what a switchover is measured beside)' repmgr "postgresql-$major-repmgr"
}

environment=$("$here/setup" --print-env)
eval "$environment"
missing_items='' missing_packages=''
find_repmgr
[ -z "$missing_items" ] || install_missing
find_repmgr
raise_streaming --standbys 1 --pgbouncer
pair_up
both=$(server east-0),$(server west-0)

# one of each first, not counted: sessions are open then, and code is compiled
our_move first west-0
our_move first east-0
measured quiet "$both" nothing
in_rounds one_round
make_synchronous
our_move first west-0
our_move first east-0
in_rounds one_synchronous_round
pooled_move east-0 west-0

say "$rounds rounds in turn, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), PostgreSQL $("$MOORING_PG_BIN/postgres" --version | sed 's/.*) //; s/ .*//'), $("$repmgr" --version)"
line 'nothing moves' quiet
line 'floor' floor
line 'mooring' ours
line 'repmgr' repmgr
line 'floor, synchronous' floor-synchronous
line 'mooring, synchronous' ours-synchronous
bar 'longest gap, above the floor' "$(median ours)" "$(($(median floor | cut -d. -f1) + 80))"
bar 'longest gap, synchronous, above the floor' "$(median ours-synchronous)" "$(($(median floor-synchronous | cut -d. -f1) + 80))"
bar "longest gap, beside repmgr's" "$(median ours)" "$(median repmgr)"
# repmgr 5.5 is not on Debian 12: where both were measured with one prober it had 230 ms on PostgreSQL 17, 5.3.3 350 ms
bar "longest gap, beside repmgr 5.5's, estimated as 0.66 times that" "$(median ours)" "$(median repmgr | awk '{ print $1 * 230 / 350 }')"
bar 'the command' "$(median ours.took)" 2000
bar "the command, beside repmgr's" "$(median ours.took)" "$(median repmgr.took)"
bar 'the whole run' "$(median ours.run)" 3000
bar 'the whole run, synchronous' "$(median ours-synchronous.run)" 3000
[ -z "$missed" ]
