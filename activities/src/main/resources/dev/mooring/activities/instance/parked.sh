# What proves that an instance is parked, beside what observe says.
parked() { # data directory, program directory, log of the start, archive directory, target's files
  observe "$1" "$2"
  [ -e "$3" ] || refuse START_FAILED "this start was never made: $3 is not there"
  frame log
  tail -c 4194304 "$3"
  archive=$4
  shift 4
  for file in "$@"; do
    [ -f "$archive/$file" ] || continue
    digest=$(sha256_of "$archive/$file") || refuse STATE_UNREADABLE "$archive/$file can't be read"
    tell "archived.$file" "$(stat -L -c %s "$archive/$file") ${digest%% *}"
  done
}
