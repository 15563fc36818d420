# Connections from a member's host to other members, such as its server and pg_rewind make them. Nothing is changed.

# The exit status, then what was said.
try_once() { # section, connection, command
  timeout 6 "$bin/psql" -X -w -A -t -q -d "$2 connect_timeout=5" -c "$3" >"$work/$subject.$1.said" 2>&1
  printf '%s\n' $? >"$work/$subject.$1"
  cat "$work/$subject.$1.said" >>"$work/$subject.$1"
}

# data directory, program directory, password, and of each member: its name, two connections
observe_admission() {
  of_instance "$1" "$2"
  [ -x "$bin/psql" ] || refuse HOST_PROGRAM_MISSING "no psql in $bin"
  as_client
  [ -z "$3" ] || export PGPASSWORD="$3"
  settle_sessions
  shift 3
  members=''
  while [ $# -ge 3 ]; do
    members="$members $1"
    try_once "replication.$1" "$2" IDENTIFY_SYSTEM &
    try_once "rewind.$1" "$3" 'SELECT 1' &
    shift 3
  done
  wait
  for member in $members; do
    report "replication.$member" "$(cat "$work/$subject.replication.$member")"
    report "rewind.$member" "$(cat "$work/$subject.rewind.$member")"
  done
}
