# Where pg_rewind runs: in the directory itself, which has another name until its place is given back.

# Links would be written through, to configuration that is kept elsewhere, and pg_rewind takes none for a file. They
# come back with what was kept.
unlink_configuration() { # directory
  for file in "$configuration"/*; do
    there=$1/${file##*/}
    [ ! -L "$there" ] || rm -f "$there" || return 1
    [ ! -d "$there" ] || find "$there" -type l -exec rm -f {} + || return 1
  done
}

# The directory loses its name first: what is half rewound can't be started by it. Its crash recovery
# runs with settings of its own, since its configuration may be fenced or lie elsewhere.
begin_rewind() { # connection, restore command line of configuration or nothing
  if [ ! -d "$rewinding" ]; then
    of_instance "$real" "$bin"
    refuse_running_primary
    stopped_at_last || refuse OUTCOME_UNKNOWN "$data is $state after a stop at once: $said"
    mv "$real" "$rewinding" && sync "$parent" || refuse HOST_REFUSED "$real can't be renamed"
  fi
  data=$rewinding
  read_control
  controlled 'max_prepared_xacts setting'
  put "$job/rewind.conf" "wal_log_hints = on
max_prepared_transactions = $value
$2" || refuse NO_ROOM "$job/rewind.conf can't be written"
  rm -f "$data/standby.signal" "$data/recovery.signal" "$data/postmaster.pid"
  unlink_configuration "$data" || refuse HOST_REFUSED "links in $data can't be removed"
  : >"$data/postgresql.auto.conf" || refuse HOST_REFUSED "$data/postgresql.auto.conf can't be written"
  read -r major <"$data/PG_VERSION" || refuse STATE_UNREADABLE "$data/PG_VERSION can't be read"
  connection=$1 restores=$2
  set --
  [ -z "$restores" ] || set -- --restore-target-wal
  if [ "$major" -ge 15 ]; then
    set -- "$@" "--config-file=$job/rewind.conf"
  else
    cp "$job/rewind.conf" "$data/postgresql.conf" || refuse HOST_REFUSED "$data/postgresql.conf can't be written"
  fi
  launch "$bin/pg_rewind" "--target-pgdata=$data" --progress "--source-server=$connection" "$@"
}

# A directory that a rewind was begun in gets its name back, and can't be started under it: its
# configuration is fenced, and a file says what it is.
name_back() { # epoch
  [ -d "$rewinding" ] && [ ! -e "$real" ] || return 0
  configure_made "$rewinding" '' || return 1
  if [ -e "$job/begun" ]; then
    : >"$rewinding/mooring.half-made" &&
      printf 'mooring_fenced_epoch_%s = on\n' "$1" >>"$rewinding/postgresql.auto.conf" || return 1
  fi
  find "$rewinding" -maxdepth 1 -type f -exec sync {} + && mv "$rewinding" "$real" && sync "$parent"
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
