# Keeping an old primary from writing, in every case, if nothing can be handed over.

# Arguments: what acts_on is given, milliseconds to end in; if the end of its WAL is asked for, the timeline and the
# LSN that it may lie beyond.
fence() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  refuse_standby
  report found "$state"
  fence_before_stop
  limit_of "$9"
  end_what_runs "$9"
  read_control
  report control "$control
"
  [ $# -lt 11 ] || say_wal_end "${10}" "${11}"
}

# Looks anew: only what is seen after the fence was written proves anything.
end_what_runs() { # milliseconds
  process_state "$data"
  [ "$state" = STOPPED ] || end_it "$1"
}

# What stands by was no primary, unless its control file says that it runs as one beside the file. A base backup that
# begins to stand by shows the control file of its primary.
refuse_standby() {
  [ -e "$data/standby.signal" ] || return 0
  read_control
  controlled 'Database cluster state'
  read_status
  [ "$state" != STOPPED ] && [ "$value" = 'in production' ] && [ "$status" != starting ] ||
    refuse_claimed NO_PRIMARY "the server in $data is a standby: it is '$value', with standby.signal"
}

# A server that answers ends in an orderly way, so that standbys get what it has; any other is killed.
end_it() { # milliseconds
  if [ "$state" = RUNNING ] && ! stands_still "$pid"; then
    all=$limit
    limit_of "$(($1 / 2))"
    # what pg_ctl stop -m fast does
    kill -INT "$pid" && keep_log "$pid"
    ! gone "$pid" || down || :
    limit=$all
  fi
  until killed_all; do
    within_limit ||
      refuse OUTCOME_UNKNOWN "the server in $data is fenced, and in $1 ms its processes have not ended: it is $state"
    sleep 0.02
  done
}

# Kills what works in the data directory as a server, halted or not; true once nothing of it is left.
killed_all() {
  process_state "$data"
  [ "$state" != STOPPED ] || return 0
  # the postmaster first, which would start others anew
  [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
  look_at_processes || refuse STATE_UNREADABLE "the processes of this host can't be read below /proc"
  while IFS= read -r line; do
    process=${line%% *}
    [ "${line#* }" = "$data" ] && works_in "${process#/proc/}" "$data" || continue
    case $(readlink "$process/exe" 2>/dev/null) in
      */postgres | */postgres\ *) kill -KILL "${process#/proc/}" 2>/dev/null ;;
    esac
  done <<PROCESSES
$cwds
PROCESSES
  return 1
}

unfence_again() { # what acts_on is given
  acts_on "$@"
  refuse_another
  if said_by_this_run none || said_by_this_run "$me"; then
    unfence
    claimed "$me"
    report fenced yes
  else
    claimed
    report fenced no
  fi
}
