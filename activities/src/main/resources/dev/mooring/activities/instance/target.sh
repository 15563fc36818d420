# Writing and taking back what an instance will be replayed to.

# The gate's path holds its digest: one that is as it should be stays untouched.
install_gate() { # path, text
  [ ! -x "$1" ] || ! printf '%s' "$2" | cmp -s - "$1" || return 0
  mkdir -p "${1%/*}" && chmod 755 "${1%/*}" && put "$1" "$2" && chmod 755 "$1" ||
    end_refused HOST_REFUSED "the restore gate $1 can't be written"
}

# Keeps what a run is about to replace, once per run, whole or not at all.
keep_aside() { # run
  kept=$cluster_dir/$subject.before-$1
  [ ! -d "$kept" ] || return 0
  [ ! -e "$kept.new" ] || rm -rf "$kept.new"
  mkdir "$kept.new" && cp -p "$conf" "$kept.new/postgresql.auto.conf" || return 1
  sync "$kept.new"/* "$kept.new" && mv "$kept.new" "$kept" && sync "$cluster_dir" || return 1
  forget_old "$kept" "$cluster_dir/$subject".before-*
}

# The gate is opened by the start, once nothing runs: an instance that a person let run without its
# target would follow the open gate past the point.
ensure_target() { # data directory, program directory, run, settings, system identifier, hot_standby
  of_instance "$1" "$2"
  refuse_primary "$5"
  [ ! -e "$data/recovery.signal" ] ||
    refuse TARGET_NOT_SET "$data/recovery.signal is there: a start would end as a primary"
  of_configuration
  keep_aside "$3" || refuse HOST_REFUSED "$conf can't be kept aside in $cluster_dir"
  [ -e "$data/standby.signal" ] || stand_by
  of_inherited 1
  prepare "$lines" "$overrides
$4"
  refuse_unless_prepared_starts TARGET_NOT_SET
  configure
  frame cleared
  grep -aiE "$lines" "$kept/postgresql.auto.conf"
  before=$(configuration_seen) || before=''
  ask_settings || refuse TARGET_NOT_SET "postgres -C: $(cat "$work/$subject.setting")"
  say_settings
  effective_hot_standby "$6"
  if [ -z "$before" ] || ! keep proved "$before" '' "$name" "$action" "$timeline" "$restore" \
    "$archive_mode"; then
    rm -f "$cluster_dir/$subject.proved"
  fi
  keep_versions
}

keep_versions() {
  answers=$cluster_dir/$subject.versions
  ! { [ -f "$answers" ] && versions_kept <"$answers"; } || return 0
  before=$(programs_seen) || return 0
  read_versions
  keep versions "$before" '' "$server" "$decoder" || rm -f "$cluster_dir/$subject.versions"
}

# standby.signal stays in any case: without it a start would make a primary.
revert_target() { # data directory, program directory, run
  of_instance "$1" "$2"
  for started in "$cluster_dir/$subject.starts/$3"-*.log; do
    [ -e "$started" ] || continue
    report left "$started"
    return 0
  done
  kept=$cluster_dir/$subject.before-$3
  [ -d "$kept" ] || return 0
  of_configuration
  # what was never replaced needs no putting back, least of all if nothing can be written
  ! cmp -s "$kept/postgresql.auto.conf" "$conf" || return 0
  cp -p "$kept/postgresql.auto.conf" "$conf.mooring" ||
    refuse HOST_REFUSED "$conf.mooring can't be written"
  configure
}
