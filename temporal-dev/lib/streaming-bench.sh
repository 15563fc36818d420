# shellcheck shell=sh
# What the benches of a streaming cluster share beside bench.sh: its cluster file, hosts and servers, and bars.

# raise_streaming OPTIONS...: a primary and its standbys, and the worker.
raise_streaming() {
  raise streaming "$@"
  owner=$(stat -c %U "$(of west-0 dataDirectory)")
  PGPASSWORD=$(sed -n 's/^superuserPassword=//p' "$lab/lab.properties")
  export PGPASSWORD
  start_worker
}

# of NAME KEY: what the cluster file says of an instance or a host, whose line begins with its name.
of() {
  grep -E "\{(id|name): $1," "$lab/config/$name.yaml" | head -n 1 | sed "s/.* $2: [\"{]*\([^\",}]*\).*/\1/"
}

# The host of an instance, by its own address and SSH server.
on() { # instance, command
  host=$(of "$1" host)
  ssh -q -n -p "$(of "$host" 'ssh: {port')" -i "$lab/config/id_ed25519" -o "UserKnownHostsFile=$lab/config/known_hosts" \
    "$owner@$(of "$host" address)" "$2"
}

server() { # instance
  printf '%s:%s' "$(of "$(of "$1" host)" address)" "$(of "$1" port)"
}

ask() { # instance, SQL
  "$MOORING_PG_BIN/psql" -XqAt -h "$(of "$(of "$1" host)" address)" -p "$(of "$1" port)" -U postgres -d postgres -c "$2"
}

milliseconds() {
  date +%s%3N
}

await_streaming() { # primary
  tries=0
  until [ "$(ask "$1" "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" -ge 1 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "nobody streams from $1"
    sleep 0.1
  done
}

# One follows another by hand, until it streams.
bare_follow() { # standby to be, primary
  data=$(of "$1" dataDirectory)
  primary=$(server "$2")
  slot=$(printf '%s' "$1" | tr - _)
  ask "$2" "SELECT pg_create_physical_replication_slot('$slot', true)
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '$slot')" >/dev/null
  on "$1" ": >'$data/standby.signal' && printf '%s\n' \"primary_conninfo = 'host=${primary%:*} port=${primary#*:} user=postgres password=$PGPASSWORD application_name=$slot'\" \
    \"primary_slot_name = '$slot'\" >>'$data/postgresql.auto.conf' && '$MOORING_PG_BIN/pg_ctl' -D '$data' -l '$data/../$1.bench.log' -w start" >/dev/null
  await_streaming "$2"
}

# begin_writing CLIENT SERVERS: one client that writes to whichever of them accepts writes, until it is told to end.
# It is compiled by the first compiler alone: the second took a quarter of a processor in the very outage it measured.
begin_writing() {
  rm -f "$work/$1.end"
  java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$here/target/classes:$here/target/lab-libraries/*" dev.mooring.dev.prober.OutageMain "$2" postgres \
    "$work/$1.end" "outage_$1" >"$work/$1.outage" 2>"$work/$1.log" &
  echo $! >"$work/$1.pid"
}

# end_writing CLIENT: sets acknowledged, lost, longest (the milliseconds in which nobody was acknowledged) and resumed
# (when that was over).
end_writing() {
  : >"$work/$1.end"
  wait "$(cat "$work/$1.pid")" || fail "the client that writes failed: $(tail -n 3 "$work/$1.log")"
  # shellcheck disable=SC2034
  read -r _ acknowledged _ lost _ longest _ resumed <"$work/$1.outage"
}

bar() { # what, value, limit
  say "$(awk -v what="$1" -v value="$2" -v limit="$3" 'BEGIN {
    printf "%s: %.0f ms, bar %.0f ms, ratio %.2f: %s", what, value, limit, value / limit, value <= limit ? "met" : "NOT met" }')"
  [ "$(awk -v value="$2" -v limit="$3" 'BEGIN { print value <= limit }')" = 1 ] || missed=yes
}
