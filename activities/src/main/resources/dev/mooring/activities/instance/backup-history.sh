# The history file of a base backup, which says where the backup ended. PostgreSQL archives it then.

# True if the archive answered, and has no such file: programs of archives end with 1 then, and say no more. One that
# lost its way ends otherwise, was killed for its time (124, 137), brought some bytes, or names its trouble.
absent() {
  [ "$status" -eq 1 ] && [ "${size:-0}" -eq 0 ] &&
    ! grep -Eqi 'connect|credential|denied|input/output|stale|timed out|unreachable' "$work/$subject.said"
}

# How long all files of this call together may take, also of an archive that hangs.
give_up_after() { # hundredths of a second
  hundredths
  given_up=$((now + $1))
}

not_known() { # why
  refuse STATE_UNREADABLE "the end of its base backup is not known: $1"
}

# Fetches it for no longer than is left of that.
fetch_in_time() { # file
  hundredths
  left=$((given_up - now))
  [ "$left" -gt 0 ] || not_known "no time was left to fetch $1"
  within=$((left / 100)).$(printf '%02d' $((left % 100)))
  fetch "$1" ''
}

# Says it. An archive that is away is asked again in time; what it does not have is reported at once.
backup_history() { # the archive's three words, file
  of_archive "$1" "$2" "$3"
  if elsewhere; then
    until fetch_in_time "$4" || absent; do
      in_time || not_known "$not_fetched"
      sleep 0.5
    done
  fi
  [ -e "$archive/$4" ] ||
    refuse WAL_MISSING "the archive has no $4, which has the end of its base backup"
  frame backup_history
  cat "$archive/$4" || refuse STATE_UNREADABLE "$archive/$4 can't be read"
}
