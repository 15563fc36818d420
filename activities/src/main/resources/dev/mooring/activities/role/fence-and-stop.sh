# Taking the right to write from a primary.

hand_over() { # what acts_on is given, milliseconds to stop in
  acts_on "$@"
  process_state "$data"
  said_by_this_run none || refuse_no_primary
  fence_before_stop
  limit_of "$9"
  first_limit
  if [ "$state" = RUNNING ]; then
    printf '%s\n' "$limit" >"$stopping" || refuse HOST_REFUSED "$stopping can't be written"
    # what pg_ctl stop -m fast does
    kill -INT "$pid" || refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to stop"
    keep_log "$pid"
    gone "$pid" || refuse STOP_TOO_LONG \
      "the server in $data is fenced, was asked to stop, and has not ended in $9 ms"
  fi
  handed_over "$9"
}

# The stop ends when its first attempt was to end: one that goes on in the place of another adds nothing to the outage.
first_limit() {
  { read -r first <"$stopping"; } 2>/dev/null || return 0
  case $first in
    '' | *[!0-9]*) return 0 ;;
  esac
  [ "$first" -gt "$limit" ] || limit=$first
}

refuse_no_primary() {
  refuse_another
  [ "$state" = RUNNING ] || refuse_claimed NO_PRIMARY "the server in $data is $state"
  [ ! -e "$data/standby.signal" ] && [ ! -e "$data/recovery.signal" ] ||
    refuse_claimed NO_PRIMARY "the server in $data runs as a standby"
  read_control
  controlled 'Database cluster state'
  [ "$value" = 'in production' ] || refuse_claimed NO_PRIMARY "the server in $data is '$value'"
}

# That nothing runs any more, and where it ended. The control file is read beside the reading of the processes;
# if something still ran, once more.
handed_over() { # milliseconds it had
  TZ=UTC "$bin/pg_controldata" -D "$data" >"$work/$subject.control" 2>&1 &
  process_state "$data"
  wait $!
  if [ "$state" = STOPPED ]; then
    read_words control <"$work/$subject.control"
  else
    down || refuse STOP_TOO_LONG "processes of the server in $data have not ended in $1 ms: it is $state"
    read_control
  fi
  controlled 'Database cluster state'
  [ "$value" = 'shut down' ] ||
    refuse STATE_UNREADABLE "the server in $data ended and is '$value', not 'shut down'; it is fenced"
  report control "$control
"
}

# Sets control to a text on standard input, without a program.
read_words() {
  control=''
  while IFS= read -r line; do
    control="$control$line
"
  done
  case $control in
    *WARNING:* | '') refuse STATE_UNREADABLE "pg_controldata: $control" ;;
  esac
}
