# The proof that an instance is parked, beside what observe reports.
parked() { # data directory, program directory, log of the start, the archive's three words, target's
  # files
  observe "$1" "$2"
  say_start_log "$3" || exit 1
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
