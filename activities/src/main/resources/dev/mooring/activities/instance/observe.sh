# What a host shows of an instance: processes, control file, files that decide what a start does.

# What the server's settings depend on, beside what a command line adds: the program and the two
# configuration files. Fails if these include further files.
configuration_seen() {
  of_config "$data"
  set -- "${config:-$config_home/postgresql.conf}" "$data/postgresql.auto.conf"
  ! grep -aqiE '^[[:space:]]*(include|data_directory)' "$@" &&
    stat -L -c '%n %i %s %y' "$bin/postgres" &&
    sha256sum "$@"
}

# Asks the server program what it would run with; sets name, action, timeline, restore, archive_mode, others.
# PostgreSQL allows one target at a time: if there is a name the others are empty, else it would
# not have been printed.
ask_settings() {
  ask recovery_target_name && name=$value && ask recovery_target_action && action=$value &&
    ask recovery_target_timeline && timeline=$value && ask restore_command && restore=$value &&
    ask archive_mode && archive_mode=$value || return 1
  others=''
  [ -z "$name" ] || return 0
  for setting in recovery_target recovery_target_lsn recovery_target_time recovery_target_xid; do
    ask "$setting" || return 1
    [ -z "$value" ] || others="$others${others:+,}$setting=$value"
  done
}

# Keeps what programs answered, beside what their answer depends on, as seen before they were asked.
# It need not reach the disk: what is lost is asked for again.
keep() { # of what, what was seen, an empty word, answers
  answers=$cluster_dir/$subject.$1
  shift
  printf '%s\n' "$@" >"$answers.new" && mv -fT "$answers.new" "$answers"
} 2>/dev/null

# Reads over what was seen when the answers were kept that follow; true if the same is seen now.
kept_of() { # what is seen now
  lines=''
  while IFS= read -r line && [ -n "$line" ]; do
    lines="$lines${lines:+
}$line"
  done
  [ "$lines" = "$1" ]
}

# What the program answered for exactly this configuration, if it was asked after the last writing:
# five starts of the server program less.
proved() {
  seen=$(configuration_seen 2>/dev/null) || return 1
  kept_of "$seen" && IFS= read -r name && IFS= read -r action && IFS= read -r timeline &&
    IFS= read -r restore && IFS= read -r archive_mode
}

read_settings() {
  others=''
  if [ -f "$cluster_dir/$subject.proved" ] && proved <"$cluster_dir/$subject.proved"; then
    return 0
  fi
  ask_settings
}

# If reads are to be served, whether they would be: without them PostgreSQL does not pause at its
# target, it shuts down there.
effective_hot_standby() { # what it must be
  [ "$1" = on ] || return 0
  ask hot_standby || refuse TARGET_NOT_SET "postgres -C: $(cat "$work/$subject.setting")"
  [ "$value" = on ] || refuse TARGET_NOT_SET "hot_standby is '$value', not 'on'"
}

say_settings() {
  report recovery_target_name "$name"
  report recovery_target_action "$action"
  report recovery_target_timeline "$timeline"
  report restore_command "$restore"
  report archive_mode "$archive_mode"
  report other_targets "$others"
}

# Nothing is written into, nor started in, the directory of another system, or of one that is or was a
# primary. The control file of a base backup says what its primary's said, until replay begins.
refuse_primary() { # system identifier
  refuse_writable
  read_control
  controlled 'Database system identifier'
  [ "$value" = "$1" ] || refuse IDENTITY_DIFFERS "$data is of system $value, the point's is $1"
  controlled 'Database cluster state'
  case $value in
    'shut down in recovery' | 'in archive recovery') ;;
    *) backup_unfinished "$control" ||
      refuse PROMOTED "$data is '$value': it is or was a primary, not a copy in recovery" ;;
  esac
}

# What the programs said of their versions when a target was last written, if the same files are
# there: a start of the server program less.
versions_kept() {
  seen=$(programs_seen) && kept_of "$seen" && IFS= read -r server && IFS= read -r decoder
}

programs_seen() {
  stat -L -c '%n %i %s %y' "$bin/postgres" "$bin/pg_waldump" 2>/dev/null
}

# Sets server and decoder, the latter to nothing if there is none.
read_versions() {
  answers=${cluster_dir-}/$subject.versions
  if [ -f "$answers" ] && versions_kept <"$answers"; then
    return 0
  fi
  server=$("$bin/postgres" --version) ||
    refuse STATE_UNREADABLE "$bin/postgres does not say its version: $server"
  decoder=''
  [ -x "$bin/pg_waldump" ] || return 0
  decoder=$("$bin/pg_waldump" --version) ||
    refuse STATE_UNREADABLE "$bin/pg_waldump does not say its version: $decoder"
}

# Says which version made the data directory and which the programs are.
say_versions() {
  { read -r major <"$data/PG_VERSION"; } 2>/dev/null || refuse STATE_UNREADABLE "$data/PG_VERSION can't be read"
  report data_major "$major"
  read_versions
  report program.postgres "$server"
  [ -z "$decoder" ] || report program.pg_waldump "$decoder"
}

# By what process_state said.
runs_as_primary() {
  [ "$state" = RUNNING ] && [ ! -e "$data/standby.signal" ] && [ ! -e "$data/recovery.signal" ]
}

observe() { # data directory, program directory
  of_instance "$1" "$2"
  say_versions
  process_state "$data"
  report process "$state"
  read_control
  report control "$control
"
  digest=$(sha256sum <"$data/global/pg_control") ||
    refuse STATE_UNREADABLE "$data/global/pg_control can't be read"
  report control_digest "${digest%% *}"
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || report "${signal}_signal" ''
  done
  [ ! -s "${cluster_dir-}/$subject.gate.ended" ] ||
    report ended_by_gate "$(cat "$cluster_dir/$subject.gate.ended")"
  if [ -e "$data/backup_label" ]; then
    frame backup_label
    cat "$data/backup_label" || refuse STATE_UNREADABLE "$data/backup_label can't be read"
  fi
  if [ -e "$data/backup_manifest" ] && backup_unfinished "$control"; then
    frame wal_ranges
    sed -n '/"WAL-Ranges"/,$p' "$data/backup_manifest" ||
      refuse STATE_UNREADABLE "$data/backup_manifest can't be read"
  fi
  if runs_as_primary; then
    report settings_failure 'not asked for: the server runs as a primary'
  elif read_settings; then
    say_settings
  else
    report settings_failure "$(cat "$work/$subject.setting")"
  fi
  free=$(stat -f -c '%a*%S/1024' "$data/pg_wal/") ||
    refuse STATE_UNREADABLE "$data/pg_wal can't be examined"
  report pg_wal_free_kb "$(($free))"
}

# Says at which WAL file a server is that can't be asked.
observe_replay() { # data directory, program directory
  of_instance "$1" "$2"
  process_state "$data"
  [ "$state" = RUNNING ] || refuse STATE_UNREADABLE "the server in $data ran, and is $state now"
  startup "$pid"
  [ -n "$file" ] || refuse STATE_UNREADABLE "the startup process of the server in $data shows no WAL file"
  report doing "$doing"
  report file "$file"
}
