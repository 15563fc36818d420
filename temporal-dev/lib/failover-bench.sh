#!/bin/sh
# Measures a failover from its approval to an acknowledged write, ours as shipped (fence included) beside the floor, a bare
# pg_ctl promote of the same servers, in one run: the primary's postmaster is killed, the plan is made and looked at, and
# a person approves. One client writes to whichever server accepts writes, another one through PgBouncer. Then the host of
# the primary is cut off too, and powered off by a command of the cluster file. Then without a
# person, from the last write before the kill to the first after it: one that waits for 30 s, one for 5 s, and beside
# them Patroni with the timings it is packaged with, on the same machine.
# Ends with 1 when a bar is missed: pg_ctl promote and 1 s, with a dead host 2 s; a plan with a dead host 15 s; without a person 3 s above the threshold of 30 s, 8 s in all
# with that of 5 s.
# temporal-dev/bench calls it: failover [ROUNDS]; a round is two failovers of each, one per server.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/*}
# shellcheck source=shell.sh
. "$here/lib/shell.sh"
# shellcheck source=bench.sh
. "$here/lib/bench.sh"
# shellcheck source=streaming-bench.sh
. "$here/lib/streaming-bench.sh"

rounds=${1:-3}
case $rounds in
  '' | *[!0-9]* | 0) usage 'usage: temporal-dev/bench failover [ROUNDS]' ;;
esac
begin_bench

mooring() { # log, its words
  log=$work/$1
  shift
  "$root/starter/bin/mooring" "$@" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    fail "mooring $1 $2 failed"
  }
}

planned() { # its words; the digest of that plan
  mooring plan plan "$@"
  planned_at=$(milliseconds)
  digest=$(grep -oE '[0-9a-f]{64}' "$work/plan" | tail -n 1)
  await_archives
}

killed() { # instance
  "$here/lab" break kill "$1" --name "$name" >>"$work/lab"
}

# The one whose place was taken is rewound, and follows.
heal() { # outdated, primary
  ask "$2" CHECKPOINT
  planned resilver "$name" --system-identifier-ends any
  mooring heal resilver "$name" --digest "$digest" --system-identifier-ends any
  await_streaming "$2"
}

# The same by hand, as whoever promoted by hand does: two of these and who may write is again whom Mooring left.
# pg_rewind takes the settings of the source too, whose address is another.
bare_heal() { # outdated, primary
  ask "$2" CHECKPOINT
  data=$(of "$1" dataDirectory)
  primary=$(server "$2")
  on "$1" "mkdir -p '$data.settings' && cp '$data'/*.conf '$data.settings/' && '$MOORING_PG_BIN/pg_rewind' -D '$data' \
    --source-server='host=${primary%:*} port=${primary#*:} user=postgres password=$PGPASSWORD dbname=postgres' &&
    cp '$data.settings'/*.conf '$data/'" >"$work/rewind" 2>&1 || {
    cat "$work/rewind" >&2
    fail "$1 was not rewound"
  }
  bare_follow "$1" "$2"
}

# The floor: nothing is looked at, nothing is fenced, nobody else is told.
bare_failover() { # series, old, new
  begin_writing direct "$both"
  sleep 2
  killed "$2"
  sleep 1
  approved=$(milliseconds)
  as_owner "$MOORING_PG_BIN/pg_ctl" -D "$(of "$3" dataDirectory)" -w promote >/dev/null
  sleep 1
  since_approval direct "$1"
  bare_heal "$2" "$3"
}

# The run waits for the approval of its plan, and a second person gives it.
our_failover() { # series, old, new
  begin_writing direct "$both"
  begin_writing pooled "$(of f0 address):6432"
  sleep 2
  killed "$2"
  planned failover "$name" --system-identifier-ends any
  mooring begun failover "$name" --by ann --reason killed --no-wait --system-identifier-ends any
  run=mooring:$name:failover
  await_run '"APPROVE"\|IkFQUFJPVkUi' "$2 was not waited for an approval"
  typed=$(milliseconds)
  mooring approve approve "$run" --digest "$digest" --by bob --reason measured
  await_ended
  sleep 1
  approved=$(accepted)
  echo $((approved - typed)) >>"$work/$1.typed"
  since_approval direct "$1"
  since_approval pooled "$1-pooled"
  [ "$(ask "$3" 'SELECT pg_is_in_recovery()')" = f ] || fail "$3 is not the primary"
  heal "$2" "$3"
}

# Nobody reaches its host, and its power is a file: off where that is there. It stays off until it is resilvered, so that
# after-reboot is overridden: no launcher of the lab asks the guard. A client that is connected to it would wait
# for its own time limits, so writes are tried at the new primary alone.
dead_failover() { # old, new
  dead=$(of "$1" host)
  "$here/lab" break cut "$dead" --name "$name" >>"$work/lab"
  killed "$1"
  typed=$(milliseconds)
  planned failover "$name" --override after-reboot --reason dead --system-identifier-ends any
  echo $((planned_at - typed)) >>"$work/dead-plan"
  mooring begun failover "$name" --override after-reboot --by ann --reason dead --no-wait --system-identifier-ends any
  run=mooring:$name:failover
  await_run '"APPROVE"\|IkFQUFJPVkUi' "$1 was not waited for an approval"
  first_write "$2" &
  writing=$!
  mooring approve approve "$run" --digest "$digest" --by bob --reason measured
  await_ended
  wait "$writing"
  echo $(($(cat "$work/first-write") - $(accepted))) >>"$work/dead"
  rm -f "$work/power.$dead"
  "$here/lab" break heal "$dead" --name "$name" >>"$work/lab"
  heal "$1" "$2"
}

first_write() { # server
  until ask "$1" 'CREATE TABLE IF NOT EXISTS bench_dead (n int); INSERT INTO bench_dead VALUES (1)' >/dev/null 2>&1; do
    sleep 0.02
  done
  milliseconds >"$work/first-write"
}

# What is lost with a host that is dead nobody knows where commits wait for nobody, so the file lets it be.
fences_of_both() {
  sed -i '/^failover:/d' "$lab/config/$name.yaml"
  cat >>"$lab/config/$name.yaml" <<FENCES
failover: {maxLossBytes: -1, fences: [
  {host: $(of east-0 host), from: west, command: 'touch $work/power.{host}', check: 'test -e $work/power.{host}'},
  {host: $(of west-0 host), from: east, command: 'touch $work/power.{host}', check: 'test -e $work/power.{host}'}]}
FENCES
}

described() {
  "$MOORING_TEMPORAL" workflow describe --workflow-id "$run" --address "$TEMPORAL_ADDRESS" --output json
}

await_run() { # what its description says, why not
  tries=0
  until described | grep -q "$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "$2: $(described)"
    sleep 0.1
  done
}

await_ended() {
  mooring follow follow "$run"
}

# When the run took the approval, by Temporal's clock.
accepted() {
  at=$("$MOORING_TEMPORAL" workflow show --workflow-id "$run" --address "$TEMPORAL_ADDRESS" --output json |
    awk -F '"' '/"eventTime":/ { at = $4 } /EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED/ { print at }' | tail -n 1)
  [ -n "$at" ] || fail "no approval stands in the history of $run"
  date -d "$at" +%s%3N
}

since_approval() { # client, series
  end_writing "$1"
  echo $((resumed - approved)) >>"$work/$2"
  echo "$lost" >>"$work/$2.lost"
}

# Nobody is asked where who may write has not changed for a minute.
unattended() { # series, threshold, old, new
  sed -i '/^failover:/,$d' "$lab/config/$name.yaml"
  echo "failover: {automatic: {after: $2, quiet: PT1M, rehearsedWithin: P1D}}" >>"$lab/config/$name.yaml"
  sleep 60
  mooring begun failover "$name" --when primary-down --by ann --reason measured --no-wait --system-identifier-ends any
  run=mooring:$name:failover:watch
  tries=0
  until "$MOORING_TEMPORAL" workflow query --workflow-id "$run" --type progress --address "$TEMPORAL_ADDRESS" |
    grep -q "connects to $3"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "nobody watches $3"
    sleep 0.1
  done
  begin_writing direct "$both"
  begin_writing pooled "$(of f0 address):6432"
  sleep 2
  killed "$3"
  await_ended
  sleep 1
  of_outage direct "$1"
  of_outage pooled "$1-pooled"
  heal "$3" "$4"
}

of_outage() { # client, series
  end_writing "$1"
  echo "$longest" >>"$work/$2"
  echo "$lost" >>"$work/$2.lost"
}

# In the place of ours, on the same machine; its times are those of its packages.
raise_patroni() {
  kill -TERM "$worker"
  wait "$worker" || true
  worker=
  "$here/lab" down --name "$name" >>"$work/lab"
  "$here/lab" up streaming --patroni --standbys 1 --name "$name" >"$work/lab"
  PGPASSWORD=$(sed -n 's/^superuserPassword=//p' "$lab/lab.properties")
  both=$(server east-0),$(server west-0)
  password=$(sed -n 's/^rolePassword=//p' "$lab/lab.properties")
  printf 'user = "mooring:%s"\n' "$password" |
    curl -fsS -K - --cacert "$lab/config/patroni.pem" -X PATCH \
      -d '{"ttl": 30, "loop_wait": 10, "retry_timeout": 10}' \
      "https://$(of "$(of east-0 host)" address):8008/config" >>"$work/lab"
  sleep 15
}

patroni_alone() { # old, new
  begin_writing direct "$both"
  sleep 2
  "$here/lab" break kill "patroni:$1" --name "$name" >>"$work/lab"
  killed "$1"
  tries=0
  until [ "$(ask "$2" 'SELECT pg_is_in_recovery()')" = f ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "Patroni does not promote $2"
    sleep 0.2
  done
  sleep 5
  of_outage direct patroni
  "$here/lab" break start-patroni "$1" --name "$name" >>"$work/lab"
  await_streaming "$2"
}

patroni_round() {
  patroni_alone east-0 west-0
  patroni_alone west-0 east-0
}

one_round() {
  bare_failover floor east-0 west-0
  bare_failover floor west-0 east-0
  our_failover ours east-0 west-0
  our_failover ours west-0 east-0
}

line() { # what, series
  say "$(printf '%-34s %5.0f ms (%s to %s), %s acknowledged writes lost' "$1" "$(median "$2")" \
    "$(sort -n "$work/$2" | head -n 1)" "$(sort -n "$work/$2" | tail -n 1)" "$(awk '{ n += $1 } END { print n }' "$work/$2.lost")")"
}

environment=$("$here/setup" --print-env)
eval "$environment"
raise_streaming --standbys 1 --pgbouncer
both=$(server east-0),$(server west-0)

# one of each first, not counted: sessions are open then, and code is compiled
our_failover first east-0 west-0
our_failover first west-0 east-0
in_rounds one_round

# it warns that nothing asks the guard here
"$root/starter/bin/mooring" rehearse "$name" >"$work/rehearsed" 2>&1 || [ $? -eq 6 ] || {
  cat "$work/rehearsed" >&2
  fail 'the fences were not rehearsed'
}
fences_of_both
dead_failover east-0 west-0
dead_failover west-0 east-0
unattended after-30 PT30S east-0 west-0
unattended after-5 PT5S west-0 east-0
unattended after-5 PT5S east-0 west-0
raise_patroni
in_rounds patroni_round

say "$rounds rounds in turn, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), PostgreSQL $("$MOORING_PG_BIN/postgres" --version | sed 's/.*) //; s/ .*//')"
say 'from the approval to an acknowledged write, a standby that no commit waits for:'
line 'pg_ctl promote' floor
line 'mooring' ours
line 'mooring, behind PgBouncer' ours-pooled
say "$(printf 'from the command that approves to its approval %.0f ms' "$(median ours.typed)")"
limit=$(($(median floor | cut -d. -f1) + 1000))
bar 'a failover, above pg_ctl promote' "$(median ours)" "$limit"
bar 'a failover behind PgBouncer, above pg_ctl promote' "$(median ours-pooled)" "$limit"
say "$(printf 'its host dead, powered off by a command: %.0f ms from the approval (%s), %.0f ms for the plan (%s)' \
  "$(median dead)" "$(tr '\n' ' ' <"$work/dead")" "$(median dead-plan)" "$(tr '\n' ' ' <"$work/dead-plan")")"
bar 'a failover from a dead host, above pg_ctl promote' "$(median dead)" $((limit + 1000))
bar 'a plan with a dead host' "$(sort -n "$work/dead-plan" | tail -n 1)" 15000
say 'without a person, from the last write before the kill to the first after it:'
line 'mooring, threshold 30 s' after-30
line 'mooring, threshold 5 s' after-5
line 'the same behind PgBouncer' after-5-pooled
line 'Patroni, packaged timings' patroni
bar 'without a person, threshold 30 s' "$(median after-30)" 33000
bar 'without a person, threshold 5 s' "$(median after-5)" 8000
bar 'without a person, threshold 5 s, behind PgBouncer' "$(median after-5-pooled)" 8000
[ -z "$missed" ]
