# What a host shows of an instance: processes, control file, files that decide what a start does.

# Sets data to the data directory with its links resolved, bin to the server programs.
of_instance() { # data directory, program directory
  data=$(readlink -f "$1") && [ -d "$data" ] ||
    refuse STATE_UNREADABLE "data directory $1 is not there"
  bin=$2
  [ -x "$bin/pg_controldata" ] && [ -x "$bin/postgres" ] && [ -x "$bin/pg_ctl" ] ||
    refuse HOST_PROGRAM_MISSING "no pg_controldata, postgres and pg_ctl in $bin"
}

# Says the settings a start would run with. PostgreSQL allows one target at a time: where a name is
# set the others are proved empty by the name being printed at all.
settings() {
  wanted='recovery_target_name recovery_target_action recovery_target_timeline restore_command'
  wanted_too=''
  for setting in $wanted; do
    value=$("$bin/postgres" -D "$data" -C "$setting" 2>"$work/$subject.setting") || return 1
    tell "$setting" "$value"
    if [ "$setting" = recovery_target_name ] && [ -z "$value" ]; then
      wanted_too='recovery_target recovery_target_lsn recovery_target_time recovery_target_xid'
    fi
  done
  for setting in $wanted_too; do
    value=$("$bin/postgres" -D "$data" -C "$setting" 2>"$work/$subject.setting") || return 1
    tell "$setting" "$value"
  done
}

observe() { # data directory, program directory
  of_instance "$1" "$2"
  process_state "$data"
  tell process "$state"
  control=$(TZ=UTC "$bin/pg_controldata" -D "$data" 2>&1) ||
    refuse STATE_UNREADABLE "pg_controldata: $control"
  tell control "$control
"
  digest=$(sha256sum <"$data/global/pg_control") ||
    refuse STATE_UNREADABLE "$data/global/pg_control can't be read"
  tell control_digest "${digest%% *}"
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || tell "${signal}_signal" ''
  done
  if [ -e "$data/backup_label" ]; then
    frame backup_label
    cat "$data/backup_label" || refuse STATE_UNREADABLE "$data/backup_label can't be read"
  fi
  if [ -e "$data/backup_manifest" ]; then
    frame wal_ranges
    sed -n '/"WAL-Ranges"/,$p' "$data/backup_manifest" ||
      refuse STATE_UNREADABLE "$data/backup_manifest can't be read"
  fi
  settings || tell settings_failure "$(cat "$work/$subject.setting")"
  free=$(df -Pk "$data/pg_wal/" | awk 'NR == 2 { print $4 }')
  tell pg_wal_free_kb "$free"
}

# Says the highest epoch that acted on this host for the cluster.
highest_epoch() {
  highest=0
  for authority_file in "$cluster_dir"/*.authority; do
    [ -e "$authority_file" ] || [ -L "$authority_file" ] || continue
    content=${authority_file##*/}
    read_authority "${content%.authority}"
    [ "$seen_epoch" -le "$highest" ] || highest=$seen_epoch
  done
  tell highest_epoch "$highest"
}
