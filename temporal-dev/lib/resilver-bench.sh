#!/bin/sh
# Measures how an outdated primary of a gigabyte becomes a standby again by a rewind: ours as shipped, by the run's own
# clock, beside the bare pg_rewind, which looks at nothing, keeps nothing and lets nobody follow. Between two rewinds a
# standby is promoted by hand, and both sides write the same. Prints the ratio; ends with 1 when the bar is missed: the
# bare pg_rewind and 2 s. The same done by a plain script, until it streams, is shown beside them.
# temporal-dev/bench calls it: resilver [ROUNDS]; a round is two rewinds of each, one per server. SCALE sets another size
# than 70, pgbench's for a gigabyte.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/*}
# shellcheck source=shell.sh
. "$here/lib/shell.sh"
# shellcheck source=bench.sh
. "$here/lib/bench.sh"
# shellcheck source=streaming-bench.sh
. "$here/lib/streaming-bench.sh"

rounds=${1:-3} scale=${SCALE:-70}
case $rounds,$scale in
  , | *[!0-9,]* | ,* | *, | 0,* | *,0) usage 'usage: temporal-dev/bench resilver [ROUNDS]' ;;
esac
begin_bench

# The same on both sides, so that each rewind has as much to do.
write_to() { # instance
  "$MOORING_PG_BIN/pgbench" -n -h "$(of "$(of "$1" host)" address)" -p "$(of "$1" port)" -U postgres -c 2 -t 250 postgres \
    >"$work/pgbench" 2>&1 || fail "pgbench failed: $(tail -n 3 "$work/pgbench")"
}

# A standby is promoted by hand while its primary goes on, and that is stopped in an orderly way after both wrote.
part() { # primary, standby
  await_caught_up "$1"
  ask "$2" 'SELECT pg_promote()' >/dev/null
  write_to "$1"
  write_to "$2"
  as_owner "$MOORING_PG_BIN/pg_ctl" -D "$(of "$1" dataDirectory)" -m fast -w stop >/dev/null
  ask "$2" CHECKPOINT
}

await_caught_up() { # primary
  tries=0
  until [ "$(ask "$1" "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn = pg_current_wal_lsn()")" -ge 1 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "nobody has all of $1's WAL"
    sleep 0.1
  done
}

# What a person types: pg_rewind brings the source's configuration with it, so the own one is put back.
bare_resilver() { # outdated, primary
  data=$(of "$1" dataDirectory)
  source=$(server "$2")
  begin=$(milliseconds)
  as_owner cp -a "$data/postgresql.conf" "$data/postgresql.auto.conf" "$data/pg_hba.conf" "$data/.."
  since=$(milliseconds)
  as_owner "$MOORING_PG_BIN/pg_rewind" -D "$data" \
    --source-server="host=${source%:*} port=${source#*:} user=postgres dbname=postgres" >"$work/rewind.log" 2>&1 || {
    cat "$work/rewind.log" >&2
    fail "pg_rewind of $1 failed"
  }
  echo $(($(milliseconds) - since)) >>"$work/bare"
  ! grep -q 'no rewind required' "$work/rewind.log" || fail "pg_rewind saw nothing to do on $1"
  for file in postgresql.conf postgresql.auto.conf pg_hba.conf; do
    as_owner mv -f "$data/../$file" "$data/$file"
  done
  bare_follow "$1" "$2"
  echo $(($(milliseconds) - begin)) >>"$work/script"
}

our_resilver() { # series, outdated
  "$root/starter/bin/mooring" plan resilver "$name" --system-identifier-ends any >"$work/plan" 2>&1 || {
    tail -n 30 "$work/plan" >&2
    fail "the plan of a resilver of $2 failed"
  }
  grep -q "$2 by REWIND" "$work/plan" || {
    tail -n 30 "$work/plan" >&2
    fail "$2 would not be rewound"
  }
  digest=$(grep -oE '[0-9a-f]{64}' "$work/plan" | tail -n 1)
  await_archives
  begin=$(milliseconds)
  "$root/starter/bin/mooring" resilver "$name" --digest "$digest" --system-identifier-ends any >"$work/ours.log" 2>&1 || {
    tail -n 30 "$work/ours.log" >&2
    fail "the resilver of $2 failed"
  }
  echo $(($(milliseconds) - begin)) >>"$work/$1.took"
  ! grep -q COPY_INSTEAD "$work/ours.log" || fail "$2 was copied, not rewound"
  run_time "$1" "mooring:$name:resilver"
}

# Two rewinds of each, one per server.
one_round() {
  part east-0 west-0
  bare_resilver east-0 west-0
  part west-0 east-0
  our_resilver ours west-0
  part east-0 west-0
  our_resilver ours east-0
  part west-0 east-0
  bare_resilver west-0 east-0
}

line() { # what, series
  say "$(printf '%-34s %5.0f ms (%s to %s)' "$1" "$(median "$2")" \
    "$(sort -n "$work/$2" | head -n 1)" "$(sort -n "$work/$2" | tail -n 1)")"
}

environment=$("$here/setup" --print-env)
eval "$environment"
raise_streaming --standbys 1
"$MOORING_PG_BIN/pgbench" -q -i -s "$scale" -h "$(of "$(of east-0 host)" address)" -p "$(of east-0 port)" -U postgres postgres \
  >"$work/pgbench" 2>&1 || fail "pgbench -i failed: $(tail -n 3 "$work/pgbench")"
ask east-0 CHECKPOINT

# one of each first, not counted: sessions are open then, and code is compiled
part east-0 west-0
our_resilver first east-0
part west-0 east-0
our_resilver first west-0
in_rounds one_round

say "$rounds rounds, $(ask east-0 "SELECT pg_size_pretty(sum(pg_database_size(oid))) FROM pg_database"), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), PostgreSQL $("$MOORING_PG_BIN/postgres" --version | sed 's/.*) //; s/ .*//')"
line 'pg_rewind' bare
line 'plain script, until it streams' script
line 'mooring, the run itself' ours
line 'mooring, the command' ours.took
bar 'a resilver by rewind, above pg_rewind' "$(median ours)" "$(($(median bare | cut -d. -f1) + 2000))"
[ -z "$missed" ]
