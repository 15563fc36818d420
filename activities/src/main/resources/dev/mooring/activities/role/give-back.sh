# Giving the right to write back to the primary it was taken from.

# An act of this run's hand-over is seen by the authority, or by its fence if a power cut kept only that: a
# move begins only if there is no fence. That of a person is not taken out.
was_handed_over() {
  read_fence
  said_by_this_run none || said_by_this_run "$me" || [ "$fenced" -gt 1 ]
}

give_back() { # what acts_on is given, milliseconds to be up in
  acts_on "$@"
  refuse_another
  if ! was_handed_over; then
    claimed
    report fenced no
    report crash no
    return 0
  fi
  report fenced yes
  kept=$cluster_dir/$subject.back-$my_run
  process_state "$data"
  if ! said_by_this_run "$me"; then
    end_what_runs
    refuse_signal_files
    unfence
  fi
  claimed "$me"
  limit_of "$9"
  if [ "$state" != RUNNING ]; then
    start_server "$9" || refuse_unless_starting
  fi
  takes_writes || refuse OUTCOME_UNKNOWN "the server in $data that may write again does not accept writes in $9 ms"
  rm -f "$stopping"
  how=clean
  { read -r how <"$kept"; } 2>/dev/null
  case $how in
    crash) report crash yes ;;
    *) report crash no ;;
  esac
}

# Crash recovery may take longer than this act waits; the next attempt waits on.
refuse_unless_starting() {
  process_state "$data"
  [ "$state" != RUNNING ] ||
    refuse OUTCOME_UNKNOWN "the server in $data that may write again is still starting up: $said"
  refuse START_FAILED "the server in $data that may write again is not up: $said"
}

# A server that was never asked to stop runs on; one on its way down is stopped at once. One that was asked to and
# has not begun to stands still.
end_what_runs() {
  read_status
  if [ "$state" = RUNNING ] && [ "$status" = ready ]; then
    [ -e "$stopping" ] || return 0
    limit_of 2000
    while read_status && [ "$status" = ready ] && within_limit; do
      sleep 0.02
    done
    [ "$status" != ready ] ||
      refuse OUTCOME_UNKNOWN "the server in $data was asked to stop and is suspended: it would stop once it continues"
  fi
  limit_of 60000
  if [ "$state" = RUNNING ]; then
    # what pg_ctl stop -m immediate does
    kill -QUIT "$pid"
    gone "$pid" || refuse OUTCOME_UNKNOWN "the server in $data has not ended 60 s after an immediate shutdown was requested"
  fi
  down || refuse OUTCOME_UNKNOWN "processes of the server in $data have not ended in 60 s: it is $state"
  read_control
  controlled 'Database cluster state'
  case $value in
    'shut down') how=clean ;;
    *) how=crash ;;
  esac
  put "$kept" "$how
" || refuse NO_ROOM "$kept can't be written"
}

refuse_signal_files() {
  [ ! -e "$data/standby.signal" ] && [ ! -e "$data/recovery.signal" ] ||
    refuse_claimed STATE_UNREADABLE "$data has a standby.signal or recovery.signal: it would not start as the primary"
}

takes_writes() {
  while :; do
    process_state "$data"
    [ "$state" = RUNNING ] || refuse START_FAILED "the server in $data is $state"
    ! writes_now || return 0
    within_limit || return 1
    sleep 0.02
  done
}

writes_now() {
  read_status
  [ "$status" = ready ] || return 1
  read_control
  controlled 'Database cluster state'
  [ "$value" = 'in production' ]
}
