# What a host shows of the right to write there.

observe_role() { # data directory, program directory, content, path of the guard, path of what Patroni asks or nothing
  of_instance "$1" "$2"
  process_state "$data"
  report process "$state"
  [ "$state" != RUNNING ] || observe_start
  read_control
  report control "$control
"
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || report "${signal}_signal" ''
  done
  read_fence
  report fenced "$fenced"
  [ ! -x "$4" ] && ! command -v mooring-guard >/dev/null || report guarded ''
  read_authority "$3"
  report writer "$seen_writer"
  report writer_epoch "$seen_writer_epoch"
  report writer_run "$seen_writer_run"
  observe_new_boot
  observe_relaxed
  followed=$(printf '%s' "$seen_others" | sed -n "s/^followed=$subject //p")
  [ -z "$followed" ] || report followed "$followed"
  observe_history
  observe_disks
  [ "$fenced" != 0 ] || [ -e "$data/standby.signal" ] || observe_waits "$3"
  [ -z "$5" ] || observe_hooks "$1" "$5"
}

# The boot of this host, if the instance was named in another one and its start guard waits for a permit in this one.
# What can't be read shows no new boot.
observe_new_boot() {
  of_boot
  if [ "$seen_writer" = "$subject" ] && [ -n "$seen_writer_boot" ] && [ -n "$boot" ] &&
    [ "$boot" != "$seen_writer_boot" ] && guard_waits "$boot"; then
    report new_boot "$boot"
  fi
}

# The primaries whose commits may have waited for no standby, each with timeline and epoch, as this host records it.
observe_relaxed() {
  relaxed=''
  for file in "$cluster_dir"/*.relaxed; do
    [ -e "$file" ] || continue
    line=$(cat "$file") || {
      # a run may have removed it just now
      [ -e "$file" ] || continue
      refuse STATE_UNREADABLE "$file can't be read"
    }
    name=${file##*/}
    relaxed="$relaxed${name%.relaxed} $line
"
  done
  [ -z "$relaxed" ] || report relaxed "$relaxed"
}

# A standby writes the history of the timeline that it begins to follow here at once; its control file shows it later.
observe_history() {
  history=''
  for file in "$data"/pg_wal/*.history; do
    [ ! -e "$file" ] || history=$file
  done
  history=${history##*/}
  [ -z "$history" ] || report history "${history%.history}"
}

# A consume starts a server with a log of its own as its standard error, named by its run and the number of the start.
# What a run of a role starts has none with a number; a person and a launcher have no log there.
observe_start() {
  errors=$(readlink "/proc/$pid/fd/2" 2>/dev/null) || {
    report start_unread ''
    return 0
  }
  case $errors in
    "$(readlink -f "$cluster_dir")/$subject.starts/"*-[0-9].log | \
      "$(readlink -f "$cluster_dir")/$subject.starts/"*-[0-9][0-9].log) report consumed '' ;;
  esac
}

# How full the file systems of its data and of its WAL are. If df fails they are unread, and the observation goes on.
observe_disks() {
  ! disks=$(df --output=pcent,target "$data/." "$data/pg_wal/." 2>/dev/null) || report disks "$disks"
}

# Patroni's hooks and callbacks on this host, by the configuration that it was started with and the one that it keeps in
# the data directory.
observe_hooks() { # data directory, path of the program
  report hooks ''
  [ ! -x "$2" ] || report hook_installed ''
  found=''
  for process in $(grep -las patroni /proc/[0-9]*/cmdline); do
    for word in $(tr '\0' '\n' 2>/dev/null <"$process" | grep -E '\.ya?ml$'); do
      ! grep -qsF -e "$1" -e "$data" "$word" || found=$word
    done
  done
  report hook_configuration "$found"
  calling=''
  for setting in pre_promote on_start on_stop on_role_change; do
    ! grep -qsE "^[^#]*$setting[\"']?:[[:space:]]*[\"']?[^,}\"']*mooring-patroni" \
      "${found:-/dev/null}" "$data/patroni.dynamic.json" || calling="$calling $setting"
  done
  report hook_calling "$calling"
  [ -z "$found" ] || observe_watchdog "$found"
  report hook_last "$(tail -n 5 "$cluster_dir/$subject.patroni" 2>/dev/null)"
}

# Of one that would start as a primary: the standbys its commits wait for, and the ones they were to wait for by its
# last record.
observe_waits() { # content
  ask synchronous_standby_names || return 0
  report waits_for "$value"
  ask synchronous_commit || value=''
  report waits_until "$value"
  waits_at=$cluster_dir/$subject.synchronous
  # builds before kept one for all instances of a content
  [ -e "$waits_at" ] || ! grep -qsxF "instance=$subject" "$cluster_dir/$1.synchronous" ||
    waits_at=$cluster_dir/$1.synchronous
  [ ! -e "$waits_at" ] || report waits_recorded "$(cat "$waits_at")"
}
