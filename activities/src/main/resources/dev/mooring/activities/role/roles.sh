# What a host shows of who may write there.

observe_role() { # data directory, program directory, content, path of the guard, path of what Patroni asks or nothing
  of_instance "$1" "$2"
  process_state "$data"
  tell process "$state"
  read_control
  tell control "$control
"
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || tell "${signal}_signal" ''
  done
  read_fence
  tell fenced "$fenced"
  [ ! -x "$4" ] && ! command -v mooring-guard >/dev/null || tell guarded ''
  read_authority "$3"
  tell writer "$seen_writer"
  tell writer_epoch "$seen_writer_epoch"
  tell writer_run "$seen_writer_run"
  followed=$(printf '%s' "$seen_others" | sed -n "s/^followed=$subject //p")
  [ -z "$followed" ] || tell followed "$followed"
  observe_history
  [ "$fenced" != 0 ] || [ -e "$data/standby.signal" ] || observe_waits
  [ -z "$5" ] || observe_hooks "$1" "$5"
}

# A standby writes the history of the timeline that it begins to follow here at once; its control file tells of it later.
observe_history() {
  history=''
  for file in "$data"/pg_wal/*.history; do
    [ ! -e "$file" ] || history=$file
  done
  history=${history##*/}
  [ -z "$history" ] || tell history "${history%.history}"
}

# What Patroni asks and tells on this host, by the configuration that it was started with and the one that it keeps in
# the data directory.
observe_hooks() { # data directory, path of the program
  tell hooks ''
  [ ! -x "$2" ] || tell hook_installed ''
  found=''
  for process in $(grep -las patroni /proc/[0-9]*/cmdline); do
    for word in $(tr '\0' '\n' 2>/dev/null <"$process" | grep -E '\.ya?ml$'); do
      ! grep -qsF "$1" "$word" || found=$word
    done
  done
  tell hook_configuration "$found"
  calling=''
  for setting in pre_promote on_start on_stop on_role_change; do
    ! grep -qsE "^[^#]*$setting[\"']?:[[:space:]]*[\"']?[^,}\"']*mooring-patroni" \
      "${found:-/dev/null}" "$data/patroni.dynamic.json" || calling="$calling $setting"
  done
  tell hook_calling "$calling"
  [ -z "$found" ] || observe_watchdog "$found"
  tell hook_last "$(tail -n 5 "$cluster_dir/$subject.patroni" 2>/dev/null)"
}

# Of one that would start as a primary: for whom its commits wait, and for whom they were to by its last record.
observe_waits() {
  ask synchronous_standby_names || return 0
  tell waits_for "$value"
  ask synchronous_commit || value=''
  tell waits_until "$value"
  [ ! -e "$cluster_dir/$subject.synchronous" ] || tell waits_recorded "$(cat "$cluster_dir/$subject.synchronous")"
}
