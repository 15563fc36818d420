# Looking for restore points in all the WAL on an instance's way to a target.

way() { # archive directory, timeline, bytes of a WAL file, first and last position
  of_archive directory "$1" ''
  history "$2"
  list "$3" "$4" "$5"
}

# Reads the files under names of one timeline, as recovery goes from one into the next. The ones that
# hold the target are copied aside first: digest and records are then of the same bytes.
scan() { # archive, program directory, timeline, start, end, target's files, all files in their order
  bin=$2 timeline=$3 start=$4 end_lsn=$5 held=$6
  of_archive directory "$1" ''
  shift 6
  [ -z "${gp_home-}" ] || greenplum_environment
  [ -x "$bin/pg_waldump" ] || refuse HOST_PROGRAM_MISSING "no pg_waldump in $bin"
  scanned=$work/$subject.scan
  mkdir "$scanned"
  for file in $held; do
    cp "$archive/$file" "$scanned/$file" ||
      refuse NO_ROOM "$archive/$file can't be copied below ${TMPDIR:-/tmp} to be decoded"
  done
  for file in "$@"; do
    as=$scanned/$timeline${file#????????}
    [ -e "$as" ] || ln -s "$archive/$file" "$as"
  done
  # shellcheck disable=SC2086 # names of WAL files
  digests "$scanned" $held
  frame records
  {
    waldump "$scanned" -s "$start" -e "$end_lsn" -r XLOG 2>"$work/$subject.waldump"
    echo "$?" >"$work/$subject.status"
  } | { grep -F 'desc: RESTORE_POINT ' || :; }
  report status "$(cat "$work/$subject.status")"
  frame waldump
  cat "$work/$subject.waldump"
}
