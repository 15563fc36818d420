# What an instance has around it on its host that a move depends on. Nothing is changed.

# Programs that start, stop or promote servers by themselves. They are found by the names of processes; whose
# servers they drive is not seen. One in a container beside this host and its server, with a network of its own, is
# none of theirs.
say_managers() {
  frame managers
  holder=''
  { read -r holder <"$data/postmaster.pid"; } 2>/dev/null
  network=$(readlink /proc/self/ns/net 2>/dev/null)
  its_network=$(readlink "/proc/${holder:-self}/ns/net" 2>/dev/null)
  for process in /proc/[0-9]*; do
    { read -r name <"$process/comm"; } 2>/dev/null || continue
    case $name in
      patroni | repmgrd | pacemakerd | pg_autoctl | stolon-keeper)
        where=$(readlink "$process/ns/net" 2>/dev/null)
        [ -z "$where" ] || [ -z "$network" ] || [ -z "$its_network" ] || [ "$where" = "$network" ] ||
          [ "$where" = "$its_network" ] || continue
        printf '%s runs (pid %s)\n' "$name" "${process#/proc/}"
        ;;
    esac
  done
  say_unit
}

# A unit of systemd whose own process is the postmaster and that it starts again.
say_unit() {
  { read -r holder <"$data/postmaster.pid"; } 2>/dev/null || return 0
  unit=$(sed -n 's|.*/\([^/]*\.service\)$|\1|p' "/proc/$holder/cgroup" 2>/dev/null | sed -n 1p)
  [ -n "$unit" ] && command -v systemctl >/dev/null || return 0
  [ "$(systemctl show -p MainPID "$unit" 2>/dev/null)" = "MainPID=$holder" ] || return 0
  restart=$(systemctl show -p Restart "$unit" 2>/dev/null)
  case ${restart#Restart=} in
    '' | no) ;;
    *) printf 'systemd starts %s again (%s)\n' "$unit" "$restart" ;;
  esac
}

# Whether its next start would find its configuration, libraries and certificates and load its access rules, and a run
# can replace its settings. A server that runs has loaded them; no library is loaded here, which may write.
say_unreadable() { # configuration files as the server named them, one to a line: postgresql.conf and pg_hba.conf
  wrong_config
  frame unreadable
  [ -z "$config_wrong" ] || printf '%s\n' "$config_wrong"
  conf=$(readlink -f "$data/postgresql.auto.conf") && [ -w "${conf%/*}" ] && { [ -r "$conf" ] || [ ! -e "$conf" ]; } ||
    printf "%s can't be replaced by %s\n" "$data/postgresql.auto.conf" "$(id -un)"
  # the program of one that is stopped names them
  [ -n "$1" ] || { ! postmaster "$data" && ask hba_file && set -- "$value" && ask config_file && set -- "$value
$1"; } || return 0
  printf '%s\n' "$1" | while IFS= read -r file; do
    [ -f "$file" ] && [ -r "$file" ] || printf "%s can't be read by %s\n" "$file" "$(id -un)"
  done
  missing=''
  need_preloaded
  need_certificates
  [ -z "$missing" ] || printf '%s\n' "$(by_name "$missing")"
  case $1 in
    *"
"*) ! refuses_access "${1##*
}" || printf '%s\n' "$said" ;;
  esac
}

# Tablespaces that it has already; new ones are among its needs.
say_links() {
  frame links
  for link in "$data"/pg_tblspc/*; do
    [ -L "$link" ] || continue
    usable "$link" || printf 'tablespace %s points to %s, which is no directory that can be written\n' \
      "${link##*/}" "$(readlink "$link")"
  done
}

# A connection such as a standby streams over, tried by the account that its server runs as. Without psql the
# programs say so. Packets may have been lost, or be late: without an answer it is tried again, longer at last.
try_connection() { # connection, password
  if [ -n "$1" ] && [ -x "$bin/psql" ]; then
    [ -z "$2" ] || export PGPASSWORD="$2"
    for limit in 3 3 9; do
      said=$(as_client && timeout $((limit + 1)) "$bin/psql" -X -w -A -t -q \
        -d "$1 replication=true connect_timeout=$limit" -c IDENTIFY_SYSTEM 2>&1) && break
      case $said in
        '' | *'timeout expired'*) ;;
        *) break ;;
      esac
    done
    unset PGPASSWORD
    report trial "$said"
  fi
}

# What it would start with again: by its configuration, of a fenced one without its fence, which is in a file of the data
# directory, and by the options of its last start. Nothing if that can't be asked.
say_next() {
  unfenced=''
  ask archive_mode || { of_unfenced "$data" && unfenced=$trial && ask archive_mode "$trial"; } || return 0
  last_options
  [ -z "$unfenced" ] || options="$options \"-c\" \"data_directory=$unfenced\""
  next=''
  for setting in archive_mode hot_standby wal_level max_replication_slots max_connections max_worker_processes \
    max_wal_senders max_prepared_transactions max_locks_per_transaction; do
    value=$(eval "\"\$bin/postgres\" -D \"\$config_home\" $options -C $setting" 2>/dev/null) || return 0
    next="$next$setting=$value
"
  done
  report next "$next"
}

observe_surroundings() { # data directory, program directory, connection, password, files, kind and name of each need
  of_instance "$1" "$2"
  say_ownership
  say_unwritable
  # the name that the server calls it by, which a link makes another than its manager's
  ! postmaster "$data" || report directory "$(sed -n 2p "$data/postmaster.pid" 2>/dev/null)"
  report program "$("$bin/postgres" --version)"
  lacking=''
  for program in pg_controldata pg_ctl postgres pg_waldump pg_rewind pg_basebackup pg_verifybackup psql; do
    [ -x "$bin/$program" ] || lacking="$lacking $program"
  done
  for program in flock sha256sum; do
    command -v "$program" >/dev/null || lacking="$lacking $program"
  done
  report lacking "$lacking"
  report libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
  say_unreadable "$5"
  say_links
  say_managers
  say_next
  try_connection "$3" "$4"
  shift 5
  needs "$data" "$bin" "$@"
}
