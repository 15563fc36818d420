# Where pg_rewind runs: in the directory itself, which has another name until its place is given back.

# Links would be written through, to configuration that is kept elsewhere, and pg_rewind takes none for a file. They
# come back with what was kept.
unlink_configuration() { # directory
  for file in "$configuration"/* "$configuration"/.[!.]*; do
    there=$1/${file##*/}
    [ ! -L "$there" ] || rm -f "$there" || return 1
    [ ! -d "$there" ] || find "$there" -type l -exec rm -f {} + || return 1
  done
}

# Writes the settings of a crash recovery: what its control file says that the instance was run with, and of its own
# settings, as they were kept and without a fence, what recovery asks for. These are written by value: they may be
# included by the name that the directory loses. Those that can't be read have their default. Servers refuse more slots
# than max_replication_slots, slots of a lower wal_level, and less WAL than two files.
put_settings() { # file of its own settings, restore command line of configuration or nothing
  put "$job/own.conf" "include $(quoted "$1")
$({ cat "$configuration/postgresql.auto.conf" || cat "$data/postgresql.auto.conf"; } 2>/dev/null |
  grep -v "$fence_line")" || refuse NO_ROOM "$job/own.conf can't be written"
  own=''
  for name in shared_preload_libraries dynamic_library_path; do
    ! said=$(setting_in "$job/own.conf" "$name" 2>/dev/null) || own="$own
$name = $(quoted "$said")"
  done
  slots=$(find "$data/pg_replslot/" -mindepth 1 -type d | wc -l)
  said=$(setting_in "$job/own.conf" max_replication_slots 2>/dev/null)
  case $said in
    '' | *[!0-9]*) ;;
    *) [ "$slots" -ge "$said" ] || slots=$said ;;
  esac
  controlled 'max_prepared_xacts setting'
  prepared=$value
  controlled 'wal_level setting'
  level=$value
  controlled 'Bytes per WAL segment'
  megabytes=$((value / 524288))
  put "$job/rewind.conf" "data_directory = $(quoted "$rewinding")$own
wal_level = $level
max_replication_slots = $((slots > 10 ? slots : 10))
max_prepared_transactions = $prepared
min_wal_size = $((megabytes > 80 ? megabytes : 80))MB
max_wal_size = $((megabytes > 1024 ? megabytes : 1024))MB
wal_log_hints = on
archive_mode = off
$2" || refuse NO_ROOM "$job/rewind.conf can't be written"
}

# Prints a setting as a server would take it from a file.
setting_in() { # file, setting
  "$bin/postgres" -D "$job" -c "config_file=$1" -c "data_directory=$job" -C "$2"
}

# The directory is renamed first: what is half rewound can't be started by its name. Its configuration may be fenced or
# lie elsewhere, so its crash recovery gets the settings in a file, which are tried before anything is moved.
begin_rewind() { # connection, restore command line of configuration or nothing
  [ -d "$rewinding" ] || of_instance "$named" "$bin"
  if [ ! -d "$rewinding" ]; then
    refuse_running_primary
    stopped_at_last || refuse OUTCOME_UNKNOWN "$data is $state after a stop at once: $said"
  else
    data=$rewinding
  fi
  settle_sessions
  [ "$major" != 0 ] || refuse STATE_UNREADABLE "$data/PG_VERSION can't be read"
  read_control
  of_config "$data" "$real"
  [ "$config_home" != "$data" ] || config_home=$configuration
  config=${config:-$config_home/postgresql.conf}
  [ -e "$config" ] || config=$(readlink -m "$data/postgresql.conf")
  put_settings "$config" "$2"
  said=$(setting_in "$job/rewind.conf" wal_level 2>&1) ||
    refuse HOST_REFUSED "no crash recovery of $data by the settings in $job/rewind.conf: $said"
  put "$job/rewinding.sh" "$rewinding_text" || refuse NO_ROOM "$job/rewinding.sh can't be written"
  if [ "$data" = "$real" ]; then
    mv "$real" "$rewinding" && sync "$parent" || refuse HOST_REFUSED "$real can't be renamed"
    data=$rewinding
  fi
  controlled 'Database cluster state'
  crashed=yes
  case $value in 'shut down'*) crashed=no ;; esac
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || : >"$job/$signal.signal" || refuse NO_ROOM "$job can't be written"
  done
  rm -f "$data/standby.signal" "$data/recovery.signal" "$data/postmaster.pid"
  unlink_configuration "$data" || refuse HOST_REFUSED "links in $data can't be removed"
  : >"$data/postgresql.auto.conf" || refuse HOST_REFUSED "$data/postgresql.auto.conf can't be written"
  connection=$1 restores=$2
  set --
  [ -z "$restores" ] || set -- --restore-target-wal
  if [ "$major" -ge 15 ]; then
    set -- "$@" "--config-file=$job/rewind.conf"
  else
    printf '%s\n' "$restores" >"$data/postgresql.conf" ||
      refuse HOST_REFUSED "$data/postgresql.conf can't be written"
  fi
  launch sh "$job/rewinding.sh" "$job" "$bin" "$data" "$crashed" \
    "--target-pgdata=$data" --progress "--source-server=$connection" "$@"
}

# A directory that a rewind was begun in gets its name back, and can't be started under it: its configuration is fenced.
# If its data was being changed, a file says so; jobs that tried nothing before have no rewinding.sh.
name_back() { # epoch
  [ -d "$rewinding" ] && [ ! -e "$real" ] || return 0
  configure_made "$rewinding" '' || return 1
  if [ -e "$job/changing" ] || { [ -e "$job/begun" ] && [ ! -e "$job/rewinding.sh" ]; }; then
    : >"$rewinding/mooring.half-made" || return 1
  else
    for signal in standby recovery; do
      [ ! -e "$job/$signal.signal" ] || : >"$rewinding/$signal.signal" || return 1
    done
  fi
  if [ -e "$job/begun" ]; then
    printf '\nmooring_fenced_epoch_%s = on\n' "$1" >>"$rewinding/postgresql.auto.conf" || return 1
  fi
  find "$rewinding" -maxdepth 1 -type f -exec sync {} + && mv "$rewinding" "$real" && sync "$parent"
}

# Ends a rewind that failed: the directory is there again under its name, fenced.
revert_rewinding() { # data directory, program directory, run, epoch
  of_job "$1" "$2" REWIND "$3"
  if is_placed; then
    report placed yes
    return 0
  fi
  end_job || refuse OUTCOME_UNKNOWN "the rewind of $job does not end"
  name_back "$4" || refuse HOST_REFUSED "$rewinding can't be given its name back"
  report placed no
}

# What an ended rewind left without a name gets it back before a copy is begun: if that fails too, the old data is
# there, fenced, with the configuration that it had.
name_back_after_rewind() { # epoch
  [ "$way" != REWIND ] && [ -d "$rewinding" ] && [ ! -e "$real" ] || return 0
  last=$(ls -td "$jobs"/*-REWIND 2>/dev/null | sed 1q)
  [ -n "$last" ] || return 0
  (
    job=$last
    run=${last##*/}
    run=${run%-REWIND}
    name_back "$1"
  ) || refuse HOST_REFUSED "$rewinding can't be given its name back"
}
