# The history file of a base backup, which says where the backup ended. PostgreSQL archives it then.

# True where the archive answered, and has no such file: programs of archives end with 1 then. One that
# lost its way ends otherwise, brought some bytes, or names its connection.
absent() {
  [ "$status" -eq 1 ] && [ "${size:-0}" -eq 0 ] && ! grep -qi connection "$work/$subject.said"
}

# Says it. An archive that is away is asked again in time; what it does not have is told at once.
backup_history() { # the archive's three words, file
  of_archive "$1" "$2" "$3"
  if elsewhere; then
    until fetch "$4" '' || absent; do
      in_time || refuse STATE_UNREADABLE "where its base backup ends is not known: $not_fetched"
      sleep 0.5
    done
  fi
  [ -e "$archive/$4" ] ||
    refuse WAL_MISSING "the archive has no $4, which says where its base backup ends"
  frame backup_history
  cat "$archive/$4" || refuse STATE_UNREADABLE "$archive/$4 can't be read"
}
