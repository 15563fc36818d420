# What a primary needs before a standby can stream from it, and its restart.

observe_primary() { # data directory, program directory, archive directory
  of_instance "$1" "$2"
  if [ -d "$3" ]; then
    report archive THERE
  elif [ -e "$3" ] || [ -L "$3" ]; then
    report archive NO_DIRECTORY
  else
    report archive MISSING
  fi
}

# Sets raised to what finds lines of these settings, and was to the file that keeps the replaced ones.
of_settings() { # names, with bars between
  raised="^[[:space:]]*($1)([^A-Za-z0-9_]|\$)"
  was=$cluster_dir/$subject.primary-before-$my_run
}

# Sets restarting to the file that says which start of the server this run ends, and ends to what it says. Once the
# restart has ended it says "over": nothing is started for this run any more, for another instance may accept writes
# then.
of_restart() {
  restarting=$cluster_dir/$subject.restarting-$my_run
  ends=''
  { IFS= read -r ends <"$restarting"; } 2>/dev/null
}

# Arguments: what acts_on is given, names with bars between, their lines, archive directory or empty.
set_primary() {
  acts_on "$@"
  claimed
  of_settings "$9"
  process_state "$data"
  refuse_unless_primary
  changed=''
  make_archive "${11}"
  [ -z "${10}" ] || raise_settings "${10}"
  kill -HUP "$pid" || refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to reload"
  report changed "$changed"
  report left ''
}

refuse_unless_primary() {
  refuse_another
  [ "$state" = RUNNING ] || refuse NO_PRIMARY "the server in $data is $state"
  [ ! -e "$data/standby.signal" ] && [ ! -e "$data/recovery.signal" ] ||
    refuse NO_PRIMARY "$data has a standby.signal or recovery.signal: it would not start as the primary"
  read_fence
  [ "$fenced" = 0 ] || refuse NO_PRIMARY "the configuration of $data has a fence: it would not start"
}

# Below a mount that is away no directory is made: the WAL archived there would be hidden once it is back.
make_archive() { # directory
  if [ -n "$1" ] && [ ! -d "$1" ]; then
    above=${1%/}
    above=${above%/*}/
    [ -d "$above" ] ||
      refuse HOST_REFUSED "the archive directory $1 can't be made: $above is not there; make it, or mount its file system"
    mkdir -m 700 "$1" && sync "$above" || refuse HOST_REFUSED "the archive directory $1 can't be made"
    changed="$changed archive"
  fi
}

raise_settings() { # lines
  readable || refuse_unreadable
  of_configuration
  before=$(grep -aiE "$raised" "$conf" || :)
  [ "$before" != "${1%
}" ] || return 0
  prepare "$raised" "$1"
  refuse_unless_prepared_starts STATE_UNREADABLE
  if [ ! -f "$was" ]; then
    # an older run is refused by now
    rm -f "$cluster_dir/$subject".primary-before-* "$cluster_dir/$subject".restarting-*
    put "$was" "${before:+$before
}" || refuse HOST_REFUSED "$was can't be written"
  fi
  configure
  changed="$changed settings"
}

# A server that could not read its configuration is not stopped.
readable() {
  wrong_config
  [ -z "$config_wrong" ]
}

refuse_unreadable() {
  refuse STATE_UNREADABLE "the server in $data would not start with its configuration: $config_wrong"
}

# Arguments: what acts_on is given, names with bars between, milliseconds to be up in, or empty to start nothing.
unset_primary() {
  acts_on "$@"
  claimed
  of_settings "$9"
  of_restart
  this_start
  process_state "$data"
  changed='' left=''
  if [ -f "$was" ]; then
    if was_restarted; then
      # archive_mode without its archive_command, by a reload, would keep all WAL until the disk is full
      left='it was restarted with them'
    elif [ -n "$(ls -A "$data/pg_replslot" 2>/dev/null)" ]; then
      left='it has slots, and would not start without them'
    elif grep -qvaiE "$raised" "$was"; then
      left='lines of other settings are kept with theirs'
    else
      put_back "$raised" "$was"
      rm -f "$was"
      changed=settings
    fi
  fi
  [ -z "${10}" ] || [ ! -f "$restarting" ] || [ "$ends" = over ] || up_again "${10}"
  process_state "$data"
  [ "$state" != RUNNING ] || kill -HUP "$pid" ||
    refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to reload"
  report changed "$changed"
  report left "$left"
}

# Sets start to which start of the server runs: its pid, and when it began. Read before the state is: of one that ends
# in between it is the start that ends, and not none, which would be taken for another one.
this_start() {
  start=$(sed -n -e 1p -e 3p "$data/postmaster.pid" 2>/dev/null | tr '\n' ' ')
}

# True once the server was started since this run ended it: it has what was set then.
was_restarted() {
  [ -f "$restarting" ] || return 1
  [ "$ends" = over ] || { [ "$state" = RUNNING ] && [ "$start" != "$ends" ]; }
}

# One that was restarted runs; one that was asked to stop is brought to its end first. The caller has checked that
# no other instance accepts writes.
up_again() { # milliseconds to be up in
  kept=$cluster_dir/$subject.back-$my_run
  if [ "$state" != RUNNING ] || [ "$start" = "$ends" ]; then
    end_what_runs
    if [ "$state" != RUNNING ]; then
      start_again "$1"
      changed="$changed start"
    fi
  fi
  rm -f "$stopping" "$kept"
  [ -n "$left" ] || rm -f "$restarting"
}

# The guard lets a primary start that is named, and no other.
start_again() { # milliseconds to be up in
  refuse_another
  claimed "$me"
  refuse_signal_files
  limit_of "$1"
  start_server "$1" || refuse_unless_starting
  takes_writes || refuse OUTCOME_UNKNOWN "the server in $data was started and does not accept writes in $1 ms"
}

# Arguments: what acts_on is given, milliseconds to stop in, milliseconds to be up in.
restart_primary() {
  acts_on "$@"
  claimed
  of_restart
  if [ "$ends" = over ]; then
    report restarted ''
    return 0
  fi
  this_start
  process_state "$data"
  if [ ! -f "$restarting" ]; then
    refuse_unless_primary
    readable || refuse_unreadable
    put "$restarting" "$start" || refuse HOST_REFUSED "$restarting can't be written"
    ends=$start
    keep_log "$pid"
  fi
  if [ "$state" = RUNNING ] && [ "$start" = "$ends" ]; then
    refuse_unless_primary
    claimed "$me"
    : >"$stopping" || refuse HOST_REFUSED "$stopping can't be written"
    # what pg_ctl stop -m fast does
    kill -INT "$pid" || refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to stop"
    limit_of "$9"
    gone "$pid" || refuse STOP_TOO_LONG "the server in $data was asked to stop, and has not ended in $9 ms"
    down || refuse STOP_TOO_LONG "processes of the server in $data have not ended in $9 ms: it is $state"
  fi
  if [ "$state" = ORPHANED ]; then
    limit_of "$9"
    down || refuse STOP_TOO_LONG "processes of the server in $data have not ended in $9 ms: it is $state"
  fi
  [ "$state" = RUNNING ] || start_again "${10}"
  limit_of "${10}"
  takes_writes || refuse OUTCOME_UNKNOWN "the server in $data was restarted and does not accept writes in ${10} ms"
  put "$restarting" over || refuse HOST_REFUSED "$restarting can't be written"
  rm -f "$stopping"
  report restarted ''
}
