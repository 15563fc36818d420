# Reading a content's WAL archive where this host sees it. Nothing is written there.

of_archive() { # archive directory
  archive=$1
  [ -d "$archive" ] && [ -r "$archive" ] && [ -x "$archive" ] ||
    refuse STATE_UNREADABLE "the archive directory $archive can't be read"
}

whole() { # file, bytes
  [ -f "$archive/$1" ] && [ "$(stat -L -c %s "$archive/$1")" = "$2" ]
}

# Says the history of a timeline, if it is there.
history() { # timeline, 8 digits
  if [ "$1" != 00000001 ] && [ -e "$archive/$1.history" ]; then
    frame history
    cat "$archive/$1.history" || refuse STATE_UNREADABLE "$archive/$1.history can't be read"
  fi
}

# Says names and sizes of the WAL files between two positions, of every timeline, and the first
# bytes of those of full size, in the same order. Names are filtered before anything is asked about
# a file: an archive may hold a hundred thousand of them.
list() { # bytes of a WAL file, first and last position (16 digits)
  find -L "$archive" -maxdepth 1 -name '????????????????????????' -printf '%f\n' |
    awk -v "from=$2" -v "to=$3" \
      '/^[0-9A-F]+$/ && substr($0, 9) >= from "" && substr($0, 9) <= to ""' |
    sort >"$work/$subject.names"
  (cd "$archive" && xargs -r stat -L -c '%n %s' <"$work/$subject.names") >"$work/$subject.sizes"
  frame files
  cat "$work/$subject.sizes"
  awk -v "bytes=$1" '$2 == bytes { print $1 }' "$work/$subject.sizes" >"$work/$subject.whole"
  frame headers
  (cd "$archive" && xargs -r head -q -c 40 <"$work/$subject.whole") 2>"$work/$subject.unread" |
    od -An -v -tx1 -w40
  [ ! -s "$work/$subject.unread" ] ||
    refuse STATE_UNREADABLE "in $archive: $(head -n 1 "$work/$subject.unread")"
}

# Says some bytes of the whole files of a position, of every timeline.
bytes_at() { # position of the file (16 digits), where they begin in it
  frame checkpoint
  awk -v "at=$1" 'substr($0, 9) == at ""' "$work/$subject.whole" |
    while IFS= read -r file; do
      printf '%s ' "$file"
      tail -c "+$(($2 + 1))" "$archive/$file" | head -c 256 | od -An -v -tx1 | tr -d ' \n'
      echo
    done
}

chain() { # archive directory, timeline, bytes of a WAL file, first and last position, the latest
  # checkpoint's position and where it begins in its file, target's files
  of_archive "$1"
  history "$2"
  list "$3" "$4" "$5"
  bytes_at "$6" "$7"
  shift 7
  digests "$archive" "$@"
}

# How long all points of this call together are waited for; one whose turn comes later is looked for.
wait_for() { # seconds
  end=$(($(date +%s) + $1))
}

# Waits until the history and the files that may hold a point are there and whole.
arrived() { # timeline, bytes, files
  timeline=$1
  bytes=$2
  ticks=0
  shift 2
  while :; do
    late=''
    for file in "$@"; do
      whole "$file" "$bytes" || late=$file
    done
    [ "$timeline" = 00000001 ] || [ -e "$archive/$timeline.history" ] || late=$timeline.history
    [ -n "$late" ] || return 0
    ticks=$((ticks + 1))
    [ $((ticks % 20)) -ne 0 ] || [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.02
  done
}

# Copies the point's files aside before it looks at them: digest and records are then of the same
# bytes, whatever is written to the archive meanwhile, and the archive is read once.
point() { # archive, program directory, timeline, bytes, first and last position, start, end, files
  bin=$2 timeline=$3 bytes=$4 first=$5 last=$6 start=$7 end_lsn=$8
  of_archive "$1"
  shift 8
  [ -z "${gp_home-}" ] || greenplum_environment
  [ -x "$bin/pg_waldump" ] || refuse HOST_PROGRAM_MISSING "no pg_waldump in $bin"
  arrived "$timeline" "$bytes" "$@" && in_time=yes || in_time=no
  history "$timeline"
  list "$bytes" "$first" "$last"
  [ "$in_time" = yes ] || return 0
  mkdir "$work/$subject.copy"
  for file in "$@"; do
    cp "$archive/$file" "$work/$subject.copy/$file" ||
      refuse NO_ROOM "$archive/$file can't be copied below ${TMPDIR:-/tmp} to be decoded"
  done
  digests "$work/$subject.copy" "$@"
  frame records
  "$bin/pg_waldump" -p "$work/$subject.copy" -t "$((0x$timeline))" -s "$start" -e "$end_lsn" -r XLOG \
    2>"$work/$subject.waldump"
  frame waldump
  cat "$work/$subject.waldump"
}
