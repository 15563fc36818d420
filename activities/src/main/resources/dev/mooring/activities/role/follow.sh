# Letting an instance follow, and the standbys that commits wait for.

# Arguments: what acts_on is given, password file, its text (empty for none), settings, the instance it follows (empty for the
# archive alone), the members of this host, a database as its connection names it.
follow() {
  acts_on "$@"
  claimed
  process_state "$data"
  read_control
  refuse_unfit
  case $seen_writer in
    '' | none | patroni) claimed '' "${12}" ;;
    "$me") claimed none "${12}" ;;
    *)
      case " ${13} " in
        *" $seen_writer "*) claimed '' "${12}" ;;
        # a person wrote it, or another: what an instance of another host may do is not said here
        *) claimed none "${12}" ;;
      esac
      ;;
  esac
  rm -f "$cluster_dir/$subject".told-*
  changed=''
  follow_passwords "$9" "${10}"
  follow_signal
  follow_settings "${11}" "${14}"
  if [ "$state" != RUNNING ]; then
    start_standby
  elif [ -n "$restart" ]; then
    stopped 60 || refuse OUTCOME_UNKNOWN "$data is $state after a fast stop of at most 60 s: $said"
    start_standby
  elif [ -n "$changed" ]; then
    kill -HUP "$pid" || refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to reload"
    changed="$changed reload"
  fi
  report changed "$changed"
}

# What accepts writes, or may have been left with writes that no other has, needs more than to follow.
refuse_unfit() {
  controlled 'Database cluster state'
  case $state in
    RUNNING)
      [ -e "$data/standby.signal" ] && [ "$value" != 'in production' ] ||
        refuse TWO_PRIMARIES "the server in $data runs as a primary: it is '$value'"
      keep_log "$pid"
      ;;
    ORPHANED) refuse STATE_UNREADABLE "processes of a server that lost its postmaster still run in $data" ;;
    *)
      case $value in
        'shut down' | 'shut down in recovery') ;;
        *)
          # a standby that was killed goes on where it was; so does a copy that was not yet started
          { [ "$value" = 'in archive recovery' ] && [ -e "$data/standby.signal" ]; } ||
            backup_unfinished "$control" ||
            refuse STATE_UNREADABLE "$data was not shut down cleanly: it is '$value'"
          ;;
      esac
      ;;
  esac
}

follow_passwords() { # file, text
  [ -n "$2" ] || return 0
  ! { [ -f "$1" ] && printf '%s' "$2" | cmp -s - "$1" && [ "$(stat -c %a "$1")" = 600 ]; } || return 0
  put "$1" "$2" || refuse HOST_REFUSED "the password file $1 can't be written"
  changed="$changed passfile"
}

# The fence goes with the writing of the settings, once the signal file stands. Sets restart if a server that
# runs takes what is written only when it is started. From version 17 on a standby connects to a database for the slots
# that it synchronizes; its receiver of WAL takes no notice of the name.
follow_settings() { # settings, database
  restart='' settings=$1
  [ "$(cat "$data/PG_VERSION")" -lt 17 ] || case $1 in
    "primary_conninfo = 'host="*) settings="primary_conninfo = '$2 ${1#*\'}" ;;
  esac
  read_fence
  of_configuration
  of_inherited 2
  given="$overrides
$settings"
  # a copy's parking wrote more than its target
  ! grep -aqiE '^[[:space:]]*restore_command.*/mooring-restore-' "$conf" || of_inherited 1
  prepare "$lines|$fence_line" "$given"
  grep -aiE "$lines" "$conf" >"$work/$subject.was"
  grep -aiE "$lines" "$conf.mooring" >"$work/$subject.is"
  [ "$fenced" = 0 ] || changed="$changed fence"
  if ! cmp -s "$work/$subject.was" "$work/$subject.is"; then
    changed="$changed configuration"
    [ "$state" != RUNNING ] || ! needs_restart || restart=yes
  fi
  case $changed in
    *fence* | *configuration*)
      refuse_unless_prepared_starts STATE_UNREADABLE
      configure
      ;;
    *) rm -f "$conf.mooring" ;;
  esac
  frame before
  grep -aFxvf "$work/$subject.is" "$work/$subject.was"
}

# A target that is overridden for the first time takes a restart if any file has one, or what they have can't be read.
needs_restart() {
  live='primary_conninfo|primary_slot_name|promote_trigger_file'
  [ "$(cat "$data/PG_VERSION")" -lt 14 ] || live="$live|restore_command"
  live="^[[:space:]]*($live)([^A-Za-z0-9_]|\$)|^[[:space:]]*recovery_target(_[a-z]+)? = '(latest)?'\$"
  grep -aivE "$live" "$work/$subject.was" >"$work/$subject.was.cold"
  grep -aivE "$live" "$work/$subject.is" >"$work/$subject.is.cold"
  cmp -s "$work/$subject.was.cold" "$work/$subject.is.cold" || return 0
  for end in '' _lsn _name _time _xid; do
    grep -aqF "recovery_target$end = ''" "$work/$subject.was" ||
      { ask "recovery_target$end" && [ -z "$value" ]; } || return 0
  done
  return 1
}

follow_signal() {
  [ -e "$data/standby.signal" ] || { stand_by && changed="$changed signal"; }
  if [ -e "$data/recovery.signal" ]; then
    rm -f "$data/recovery.signal" && sync "$data" ||
      refuse HOST_REFUSED "$data/recovery.signal can't be removed"
    changed="$changed signal"
  fi
}

# A standby that still looks for WAL runs, though it is not ready; that it streams is seen elsewhere.
start_standby() {
  start_server 20000 || {
    process_state "$data"
    [ "$state" = RUNNING ] || refuse START_FAILED "the standby in $data is not up: $said"
  }
  changed="$changed start"
}

names_lines='^[[:space:]]*synchronous_standby_names([^A-Za-z0-9_]|$)'
synchronous_lines='^[[:space:]]*(synchronous_standby_names|synchronous_commit)([^A-Za-z0-9_]|$)'

# Puts back the lines that this run replaced, none if there were none; a call that finds none kept replaced nothing
# or was undone before.
# Arguments: as synchronous.
unsynchronous() {
  acts_on "$@"
  claimed
  kept=$cluster_dir/$me.synchronous-before-$my_run
  # it is undone also where the line that it replaces is what can't be read
  ask synchronous_standby_names || value=''
  report before "$value"
  changed=no
  if [ -f "$kept" ]; then
    put_back "$synchronous_lines" "$kept"
    changed=yes
  fi
  remember_set "$9" "${11}"
  reload_if_running
  rm -f "$kept"
  report changed "$changed"
}

# On disk before it takes effect: the awaited standbys are known on the primary alone.
remember_set() { # names, commit
  set_at=$cluster_dir/$me.synchronous
  [ ! -f "$set_at" ] || recorded_set=$(cat "$set_at")
  set_now="epoch=$my_epoch
run=$my_run
instance=$me
names=$1
commit=$2"
  [ "${recorded_set-}" = "$set_now" ] || put "$set_at" "$set_now
" || refuse HOST_REFUSED "$set_at can't be written"
}

# Once per run, before anything of it is replaced.
keep_lines() {
  kept=$cluster_dir/$me.synchronous-before-$my_run
  [ ! -f "$kept" ] || return 0
  # an older run is refused by now
  rm -f "$cluster_dir/$me".synchronous-before-*
  of_configuration
  lines=$(grep -iE "$synchronous_lines" "$conf" || :)
  put "$kept" "${lines:+$lines
}" || refuse HOST_REFUSED "$kept can't be written"
}

# Arguments: what acts_on is given, names, settings file's lines for names and commit, commit or empty:
# then synchronous_commit stays as it is.
synchronous() {
  acts_on "$@"
  claimed
  ask synchronous_standby_names || refuse STATE_UNREADABLE "postgres -C: $(cat "$work/$subject.setting")"
  names=$value
  ask synchronous_commit || refuse STATE_UNREADABLE "postgres -C: $(cat "$work/$subject.setting")"
  commit=$value
  report before "$names"
  wanted=${11:-$commit}
  if [ "$names" = "$9" ] && [ "$commit" = "$wanted" ]; then
    remember_set "$9" "$wanted"
    reload_if_running
    report changed no
    return 0
  fi
  lines=$synchronous_lines
  [ -n "${11}" ] || lines=$names_lines
  prepare "$lines" "${10}"
  ask_of_prepared synchronous_standby_names && [ "$value" = "$9" ] || {
    rm -f "$conf.mooring"
    refuse HOST_REFUSED "synchronous_standby_names would be '$value', not '$9': $(cat "$work/$subject.setting")"
  }
  keep_lines
  remember_set "$9" "$wanted"
  configure
  reload_if_running
  report changed yes
}

# Also if nothing had to be written: an attempt before may have written it and ended there.
reload_if_running() {
  process_state "$data"
  [ "$state" != RUNNING ] || kill -HUP "$pid" ||
    refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to reload"
}
