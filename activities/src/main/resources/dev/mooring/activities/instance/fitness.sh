# Whether this host has what the runbooks need for an instance. Nothing is changed.

# Says the settings that a standby which serves reads may not have lower than its primary.
say_limits() {
  for setting in max_connections max_worker_processes max_wal_senders max_prepared_transactions \
    max_locks_per_transaction; do
    ask "$setting" || refuse STATE_UNREADABLE "postgres -C $setting: $(cat "$work/$subject.setting")"
    report "$setting" "$value"
  done
}

limits() { # data directory, program directory
  of_instance "$1" "$2"
  say_limits
}

fitness() { # data directory, program directory, the archive's three words
  of_instance "$1" "$2"
  say_ownership
  say_versions
  say_limits
  missing=''
  for program in pg_controldata pg_ctl pg_waldump postgres; do
    [ -x "$bin/$program" ] || missing="$missing $program"
  done
  for program in flock sha256sum; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  report missing "$missing"
  archive_trouble=''
  case $3 in
    asked) ;;
    bucket)
      of_archive "$3" "$4" "$5"
      # a file that no server writes: what fetches it reaches the bucket and says that it is absent
      sh -c "$(expanded 000000000000000000000000 "$work/$subject.part")" \
        >"$work/$subject.said" 2>&1 3>&- 4>&-
      status=$?
      [ "$status" -eq 1 ] ||
        archive_trouble="the restore command of a file that is not there ends with status $status instead of 1: $(tail -n 1 "$work/$subject.said")"
      ;;
    directory)
      [ -d "$4" ] && [ -r "$4" ] && [ -x "$4" ] ||
        archive_trouble="$(ls -ld "$4" 2>&1)"
      ;;
    *)
      eval "$3" >/dev/null 2>"$work/$subject.unlisted" ||
        archive_trouble="can't be listed: $(head -n 1 "$work/$subject.unlisted")"
      ;;
  esac
  report archive "$archive_trouble"
  say_unwritable
}

# What an instance would archive with; archive_library is there since version 15.
archiving() { # data directory, program directory
  of_instance "$1" "$2"
  for setting in archive_mode archive_command wal_level; do
    ask "$setting" || refuse STATE_UNREADABLE "postgres -C $setting: $(cat "$work/$subject.setting")"
    report "$setting" "$value"
  done
  ask archive_library || value=''
  report archive_library "$value"
}
