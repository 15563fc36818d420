# What proves that an instance is parked, beside what observe says.
parked() { # data directory, program directory, log of the start, the archive's three words, target's
  # files
  observe "$1" "$2"
  [ -e "$3" ] || refuse START_FAILED "this start was never made: $3 is not there"
  frame log
  start_log "$3" 4194304
  of_archive "$4" "$5" "$6"
  shift 6
  if elsewhere; then
    for file in "$@"; do
      # an archive that is away for seconds says nothing about the bytes
      until fetch "$file" ''; do
        in_time || refuse STATE_UNREADABLE "$not_fetched"
        sleep 0.5
      done
    done
  fi
  digests "$archive" "$@"
}
