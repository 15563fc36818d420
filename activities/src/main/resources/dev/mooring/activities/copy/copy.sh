# What base backups and rewinds share: the configuration that is kept, the job that is begun detached and waited for.

# Sets job to the marker of a run's copy of this instance; real and its neighbours are known by then.
of_job() { # data directory, program directory, way, run
  of_place "$1" "$2"
  way=$3
  run=$4
  jobs=$cluster_dir/$subject.copies
  job=$jobs/$run-$way
  made=$new
  [ "$way" != REWIND ] || made=$rewinding
}

# How long a fast stop may take before what runs is stopped at once.
stop_within() { # seconds
  fast_stop=$1
}

# Stops what runs, fast; what has not ended by then, at once: it is made anew, or rewound after its crash recovery.
stopped_at_last() {
  ! stopped "$fast_stop" || return 0
  [ "$state" = STOPPED ] || said=$("$bin/pg_ctl" -D "$data" -m immediate -t 20 stop 2>&1 9>&- 3>&-)
  tries=0
  until process_state "$data" && [ "$state" = STOPPED ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.1
  done
}

# True while anything of a job lives: its processes hold a lock that ends with the last of them.
job_runs() { # job
  [ -e "$1/running" ] && ! flock -n "$1/running" true
}

# Sets ended to RUNNING, DONE, FAILED, TIMED_OUT, DIED.
job_ended() {
  ended=RUNNING
  ! job_runs "$job" || return 0
  status=''
  [ ! -e "$job/exit" ] || read -r status <"$job/exit" || :
  case $status in
    '' | killed) ended=DIED ;;
    0) ended=DONE ;;
    124 | 137) ended=TIMED_OUT ;;
    *) ended=FAILED ;;
  esac
  # it looked at control files and took the two for one line of WAL
  if [ "$ended$way" = DONEREWIND ] && grep -q 'no rewind required' "$job/log"; then
    ended=FAILED
  fi
}

# True also for a link to nothing.
is_there() { # path
  [ -e "$1" ] || [ -L "$1" ]
}

# True if the instance's own data is of one system, and what is in its directory is not proved to be: neither its
# configuration nor a start of it is this cluster's matter then.
is_anothers() { # system identifier, or nothing where whatever is there is the instance's own
  [ -n "$1" ] || return 1
  control=$("$bin/pg_controldata" -D "$real" 2>/dev/null) || return 0
  controlled 'Database system identifier'
  [ "$value" != "$1" ]
}

# Keeps the configuration of the instance, once per run, before anything is changed; nothing of another's.
keep_configuration() { # system identifier, or nothing
  configuration=$cluster_dir/$subject.configuration/$run
  [ ! -d "$configuration" ] || return 0
  rm -rf "$configuration.new"
  mkdir -p "$configuration.new" || return 1
  is_anothers "$1" || copy_configuration || return 1
  find "$configuration.new" ! -type l -exec sync {} + && mv "$configuration.new" "$configuration" &&
    sync "${configuration%/*}"
}

# Files as files, links as links, with what they include and name in the data directory, and the command line of its
# last start, which no copy or rewind leaves in place and which may name where it is.
copy_configuration() {
  for file in "$real"/*.conf "$real"/conf.d "$real"/*.crt "$real"/*.crl "$real"/*.key "$real"/*.pem \
    "$real"/postmaster.opts; do
    is_there "$file" || continue
    keep_copy "$file" "$configuration.new" || return 1
  done
  of_config "$real"
  config=${config:-$config_home/postgresql.conf}
  keep_included "$configuration.new" "$real"/*.conf "$real"/conf.d/*.conf "${config%/*}"/*.conf "${config%/*}"/conf.d/*.conf
}

# Gives a directory the configuration that was kept. What a copy brought is replaced whole, never written through; a
# postgresql.conf that it brought goes if the instance has its own elsewhere, with settings of the same name as its
# own that would outrank them. One that has none anywhere goes on with what the copy brought, but for what is of the
# other server alone: its own settings, and the places of files.
configure_made() { # directory, own settings
  configuration=$cluster_dir/$subject.configuration/$run
  for file in "$configuration"/* "$configuration"/.[!.]*; do
    is_there "$file" || continue
    rm -rf "$1/${file##*/}" && cp -a "$file" "$1/" || return 1
  done
  of_config "$1" "$real"
  if [ -n "$config" ] || [ "$config_home" != "$1" ]; then
    is_there "$configuration/postgresql.conf" || rm -f "$1/postgresql.conf" || return 1
    is_there "$configuration/postgresql.auto.conf" || leave_own "$1/postgresql.auto.conf" "$2"
  elif ! is_there "$configuration/postgresql.conf"; then
    leave_places "$1" && printf '%s' "$2" >>"$1/postgresql.auto.conf"
  fi
}

# Where the other server has its files there is nothing here, or another server's: what a copy brought lies in its
# data directory, where a server looks without being asked to.
leave_places() { # directory
  for file in "$1"/*.conf "$1"/conf.d/*.conf; do
    [ ! -f "$file" ] || [ "${file##*/}" = pg_hba.conf ] || [ "${file##*/}" = pg_ident.conf ] ||
      sed -i -E 's/^[[:space:]]*(data_directory|hba_file|ident_file|external_pid_file)([^A-Za-z0-9_]|$)/# &/I' "$file" ||
      return 1
  done
}

# Takes lines of the same settings out of a file.
leave_own() { # file, settings
  names=$(printf '%s' "$2" | sed -n 's/^\([a-z_]*\).*/\1/p' | tr '\n' '|')
  [ -n "$names" ] && [ -f "$1" ] || return 0
  sed -i -E "/^[[:space:]]*(${names%|})([^A-Za-z0-9_]|\$)/Id" "$1"
}

# True for a base backup that died or ended badly. A repeated call wants it made; a rewind that was
# begun is not begun again.
begins_anew() {
  [ "$way" != REWIND ] || return 1
  job_ended
  [ "$ended" != RUNNING ] && [ "$ended" != DONE ]
}

# A rewind takes the directory's name away. If something bears it all the same, a person put that there, and
# which of the two is wanted is not for a copy to say.
two_directories() {
  [ -d "$rewinding" ] && [ -d "$real" ] && [ -n "$(ls -A "$real" 2>/dev/null)" ]
}

refuse_two_directories() {
  ! two_directories ||
    refuse HOST_REFUSED "both $real and $rewinding are there: move away the one that is not wanted"
}

# A server that accepts writes is fenced by a switchover or a person, not by a copy.
refuse_running_primary() {
  postmaster "$data" || return 0
  read_control
  controlled 'Database cluster state'
  [ "$value" != 'in production' ] ||
    refuse TWO_PRIMARIES "the server in $data accepts writes: it must be fenced and stopped before it is rewound or copied"
}

# One that was a primary and is down must not come up again while it is copied: its writes would be lost. The
# fence is a parameter that no server knows. The fence stays if the copy is taken back: another accepts writes.
fence_former_primary() { # epoch, system identifier or nothing
  [ -f "$real/PG_VERSION" ] && [ ! -e "$real/standby.signal" ] && ! is_anothers "$2" || return 0
  control=$("$bin/pg_controldata" -D "$real" 2>&1) || return 0
  controlled 'Database cluster state'
  case $value in
    'shut down in recovery' | 'in archive recovery') return 0 ;;
  esac
  process_state "$real"
  [ "$state" = STOPPED ] && ! grep -qs "$fence_line" "$real/postgresql.auto.conf" || return 0
  printf '\nmooring_fenced_epoch_%s = on\n' "$1" >>"$real/postgresql.auto.conf" &&
    sync "$real/postgresql.auto.conf" "$real" || refuse HOST_REFUSED "$real/postgresql.auto.conf can't be fenced"
}

# Starts a program beside everything here; it keeps the lock of its job for as long as it lives.
launch() { # program, arguments
  put "$job/job.sh" "$job_text" || refuse NO_ROOM "$job/job.sh can't be written"
  if [ -n "$passwords" ]; then
    put "$job/passwords" "$passwords" || refuse NO_ROOM "$job/passwords can't be written"
  fi
  exec 7>>"$job/running"
  flock -w 5 7 || refuse OUTCOME_UNKNOWN "$job is held by another copy"
  : >"$job/begun" && sync "$job/begun" "$job" || refuse NO_ROOM "$job can't be written"
  (as_client && setsid -f sh "$job/job.sh" "$job" "$seconds" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 9>&-) ||
    refuse START_FAILED "$1 can't be started"
  exec 7>&-
}

# Arguments: data directory, program directory, way, run, seconds, kB per second, connection, slot,
# passwords, line of configuration with the restore command, text of the job, epoch, system identifier of what is the
# instance's own or nothing, text of rewinding.sh, tablespaces.
ensure_copying() {
  of_job "$1" "$2" "$3" "$4"
  seconds=$5 passwords=$9 restore_line=${10} job_text=${11} epoch=${12} system=${13} rewinding_text=${14}
  if job_runs "$job" || { [ -e "$job/begun" ] && ! begins_anew; }; then
    report begun no
    return 0
  fi
  refuse_two_directories
  for other in "$jobs"/*; do
    ! job_runs "$other" || refuse OUTCOME_UNKNOWN "another copy of it still runs: $other"
  done
  [ -d "$parent" ] && [ -w "$parent" ] ||
    refuse NO_ROOM "nothing can be made beside $real: $parent can't be written by $(id -un)"
  name_back_after_rewind "$epoch"
  mkdir -p "$job" && keep_configuration "$system" ||
    refuse NO_ROOM "the configuration of $real can't be kept below $cluster_dir"
  rm -f "$job/exit" && sync "$job" || refuse HOST_REFUSED "how $job ended can't be forgotten"
  rate=$6 connection=$7 slot=$8
  shift 14
  case $way in
    REWIND) begin_rewind "$connection" "$restore_line" ;;
    *)
      fence_former_primary "$epoch" "$system"
      begin_backup "$rate" "$connection" "$slot" "$@"
      ;;
  esac
  report begun yes
}

# Sets copied to what the program last said of its progress: bytes done, bytes in all, percent.
progress_of() {
  copied=$(tail -c 400 "$job/log" 2>/dev/null | tr '\r' '\n' |
    sed -n 's|^ *\([0-9][0-9]*\)/\([0-9][0-9]*\) kB (\([0-9]*\)%).*|\1 \2 \3|p' | tail -n 1)
  copied=${copied:-0 0 0}
}

# Waits until the job ended, or for so long; sets ended and copied.
await_ended() { # seconds
  ends_in "$1"
  job_ended
  while [ "$ended" = RUNNING ] && in_time; do
    if ! flock -w 1 "$job/running" true; then
      progress_of
      on_the_way "$subject" "copied $copied"
    fi
    job_ended
  done
  progress_of
}

await_copied() { # data directory, program directory, way, run, seconds
  of_job "$1" "$2" "$3" "$4"
  [ -e "$job/begun" ] || refuse START_FAILED "this copy was never begun: $job is not there"
  await_ended "$5"
  # the end of a copy also ends what would have removed them
  [ "$ended" = RUNNING ] || rm -f "$job/passwords"
  report state "$ended"
  report copied "$copied"
  frame words
  [ "$ended" = DONE ] || tail -c 1500 "$job/log" 2>/dev/null | tr '\r' '\n' | grep -vE '^ *[0-9]+/[0-9]+ kB' | tail -n 8
}
