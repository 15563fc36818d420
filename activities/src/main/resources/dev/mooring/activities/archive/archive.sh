# Reading a content's WAL archive where this host sees it. Nothing is written there.

whole() { # file, bytes
  [ -f "$archive/$1" ] && [ "$(stat -L -c %s "$archive/$1")" = "$2" ]
}

# Says the history of a timeline, if it is there.
history() { # timeline, 8 digits
  [ "$1" = 00000001 ] || ! elsewhere || fetch "$1.history" ''
  if [ "$1" != 00000001 ] && [ -e "$archive/$1.history" ]; then
    frame history
    cat "$archive/$1.history" || refuse STATE_UNREADABLE "$archive/$1.history can't be read"
  fi
}

# Says names and sizes of the WAL files between two positions, of every timeline, and the first
# bytes of the ones of full size, in the same order. Names are filtered before anything is asked about
# a file: an archive may hold a hundred thousand of them.
list() { # bytes of a WAL file, first and last position (16 digits)
  frame files
  find -L "$archive" -maxdepth 1 -name '????????????????????????' -printf '%f\n' |
    awk -v "from=$2" -v "to=$3" \
      '/^[0-9A-F]+$/ && substr($0, 9) >= from "" && substr($0, 9) <= to ""' |
    sort | (cd "$archive" && xargs -r stat -L -c '%n %s') |
    WHOLE=$work/$subject.whole awk -v "bytes=$1" \
      'BEGIN { printf "" >ENVIRON["WHOLE"] } { print } $2 == bytes { print $1 >ENVIRON["WHOLE"] }'
  frame headers
  (cd "$archive" && xargs -r head -q -c 40 <"$work/$subject.whole") 2>"$work/$subject.unread" |
    od -An -v -tx1 -w40
  [ ! -s "$work/$subject.unread" ] ||
    refuse STATE_UNREADABLE "in $archive: $(head -n 1 "$work/$subject.unread")"
}

# Says some bytes of the whole files of a position, of every timeline.
bytes_at() { # position of the file (16 digits), where they begin in it
  frame checkpoint
  while IFS= read -r file; do
    case $file in
      ????????$1)
        printf '%s ' "$file"
        od -An -v -tx1 -j "$2" -N 256 "$archive/$file" | tr -d ' \n'
        echo
        ;;
    esac
  done <"$work/$subject.whole"
}

# Fetches the files that hold a checkpoint, of each timeline they may be of.
fetch_checkpoints() { # bytes, position of the file (16 digits), files it may be
  bytes=$1 position=$2
  shift 2
  if ! by_worker; then
    # names of digits
    # shellcheck disable=SC2046
    set -- $(awk -v "at=$position" 'length($1) == 24 && substr($1, 9) == at "" { print $1 }' \
      "$work/$subject.listing")
  fi
  for file in "$@"; do
    fetch "$file" "$bytes"
  done
}

chain() { # the archive's three words, timeline, bytes of a WAL file, first and last position, the
  # latest checkpoint's position, where it begins in its file and the timeline it is of, target's files
  of_archive "$1" "$2" "$3"
  timeline=$4 bytes=$5 first=$6 last=$7 at=$8 offset=$9
  shift 9
  own=$1
  shift
  say_listed "$first" "$last"
  if elsewhere; then
    printf '%s\n' "$first" "$at" "$last" | sort -c 2>/dev/null &&
      fetch_checkpoints "$bytes" "$at" "$timeline$at" "$own$at"
    not_fetched=''
    for file in "$@"; do
      fetch "$file" "$bytes"
    done
    report unread "$not_fetched"
  fi
  history "$timeline"
  list "$bytes" "$first" "$last"
  bytes_at "$at" "$offset"
  digests "$archive" "$@"
}

# Whether the history and the files that may hold a point are there and whole; late is one that is not.
there() { # timeline, bytes, files
  timeline=$1
  bytes=$2
  late=''
  shift 2
  for file in "$@"; do
    if elsewhere; then
      fetch "$file" "$bytes" || late=$file
    else
      whole "$file" "$bytes" || late=$file
    fi
  done
  [ "$timeline" = 00000001 ] || [ -e "$archive/$timeline.history" ] ||
    { elsewhere && fetch "$timeline.history" ''; } || late=$timeline.history
  [ -z "$late" ]
}

# Waits for them. That one fetch failed says nothing yet.
arrived() { # timeline, bytes, files
  ticks=0
  until there "$@"; do
    ticks=$((ticks + 1))
    if elsewhere; then
      in_time || return 1
      sleep 0.5
    else
      [ $((ticks % 20)) -ne 0 ] || in_time || return 1
      sleep 0.02
    fi
  done
}

# Whether the history of a timeline is there, to its last line's end.
history_came() { # timeline
  [ -e "$archive/$1.history" ] || { elsewhere && fetch "$1.history" ''; }
  [ -s "$archive/$1.history" ] && [ -z "$(tail -c 1 "$archive/$1.history")" ]
}

# Waits for the history of a timeline, and says it.
await_history() { # the archive's three words, timeline
  of_archive "$1" "$2" "$3"
  until history_came "$4"; do
    in_time || break
    if elsewhere; then
      sleep 0.5
    else
      sleep 0.05
    fi
  done
  ! history_came "$4" || history "$4"
  ! elsewhere || report unread "$not_fetched"
}

# Says what there is of the last files of a server, and the histories that are there. Of an archive that
# no program lists, only the next one's is asked for.
recent() { # the archive's three words, timeline, bytes of a WAL file, first and last position
  of_archive "$1" "$2" "$3"
  timeline=$4 bytes=$5 first=$6 last=$7
  say_listed "$first" "$last"
  history "$timeline"
  list "$bytes" "$first" "$last"
  frame later
  if ! elsewhere; then
    find -L "$archive" -maxdepth 1 -name '????????.history' -printf '%f\n'
  elif by_worker; then
    next=$(printf '%08X.history' $((0x$timeline + 1)))
    ! fetch "$next" '' || printf '%s\n' "$next"
  else
    awk '$1 ~ /[.]history$/ { print $1 }' "$work/$subject.listing"
  fi
}

# Copies the point's files aside before it looks at them: digest and records are then of the same
# bytes, also if the archive is written to meanwhile, and the archive is read once.
point() { # the archive's three words, program directory, timeline, bytes, first and last position,
  # start, end, the file before and a position in it (or two empty words), files
  of_archive "$1" "$2" "$3"
  bin=$4 timeline=$5 bytes=$6 first=$7 last=$8 start=$9
  shift 9
  end_lsn=$1 before=$2 early=$3
  shift 3
  [ -z "${gp_home-}" ] || greenplum_environment
  [ -x "$bin/pg_waldump" ] || refuse HOST_PROGRAM_MISSING "no pg_waldump in $bin"
  arrived "$timeline" "$bytes" "$@" && came=yes || came=no
  say_listed "$first" "$last"
  # what came while it was listed is not taken for unreadable
  [ "$came" = yes ] || ! elsewhere || ! there "$timeline" "$bytes" "$@" || came=yes
  history "$timeline"
  list "$bytes" "$first" "$last"
  if [ "$came" = no ]; then
    ! elsewhere || {
      report unread "$not_fetched"
      report wrong "$wrong"
    }
    return 0
  fi
  say_gone
  copy=$archive
  elsewhere || copy_aside "$@"
  digests "$copy" "$@"
  [ -z "$before" ] || start_before
  frame records
  waldump "$copy" -s "$start" -e "$end_lsn" -r XLOG 2>"$work/$subject.waldump" ||
    report undecodable "pg_waldump: $(head -n 1 "$work/$subject.waldump")"
  frame waldump
  cat "$work/$subject.waldump"
  [ ! -e "$work/$subject.range" ] || {
    # two positions and names of files
    # shellcheck disable=SC2046
    say_transactions $(cat "$work/$subject.range")
  }
}

# Sets start to the last record of the file before, which may go on in this one. It stays if no such file can be had, or
# that ended early: after a switch of the WAL its rest is zeros.
start_before() {
  (
    refuse() { exit 1; }
    within=5
    there "$timeline" "$bytes" "$before" && { elsewhere || copy_aside "$before"; }
  ) || return 0
  last_before=$(waldump "$copy" -s "$early" -e "$start" 2>/dev/null | last_record)
  start=${last_before:-$start}
}

# Decodes no longer than waldump_for says, if that is set.
waldump() { # directory, options
  its_wal=$1
  shift
  ${waldump_for:+timeout -k 1 "$waldump_for"} "$bin/pg_waldump" -p "$its_wal" -t "$((0x$timeline))" "$@"
}

last_record() {
  sed -n 's|.* lsn: \([0-9A-F]*/[0-9A-F]*\), prev .*|\1|p' | tail -n 1
}

# What else of an instance's WAL is decoded, for transactions; said before its point is asked for.
decode_too() { # instance, start, end, files
  ranged=$1
  shift
  printf '%s\n' "$@" >"$work/$ranged.range"
}

# Says the records of transactions between two positions, once all files of that range are there. A
# status of 0 says that pg_waldump came to the end, one of cat that all it printed was kept:
# pg_waldump itself heeds no full disk. Of anything else nothing is said.
say_transactions() { # start, end, files
  start=$1 end_lsn=$2
  shift 2
  arrived "$timeline" "$bytes" "$@" || {
    report late "$late"
    return 0
  }
  elsewhere || copy_aside "$@"
  if {
    ended=0
    waldump "$copy" -s "$start" -e "$end_lsn" -r Transaction 2>"$work/$subject.undecoded" || ended=$?
    echo "$ended" >"$work/$subject.status"
  } | cat >"$work/$subject.decoded" 2>/dev/null && [ "$(cat "$work/$subject.status")" = 0 ]; then
    frame transactions
    cat "$work/$subject.decoded"
  else
    frame undecoded
    [ -s "$work/$subject.undecoded" ] || echo "what it printed can't be kept below $work"
    cat "$work/$subject.undecoded"
  fi
}

# What copies of an instance's content still need; said before its point is asked for.
still_needed() { # instance, files
  needing=$1
  shift
  printf '%s\n' "$@" >"$work/$needing.needs"
}

# Says which of them the archive holds no more, if it is listed from here.
say_gone() {
  [ -e "$work/$subject.needs" ] && ! by_worker || return 0
  frame gone
  while IFS= read -r file; do
    if elsewhere; then
      grep -q "^$file " "$work/$subject.listing"
    else
      [ -e "$archive/$file" ]
    fi || printf '%s\n' "$file"
  done <"$work/$subject.needs"
}

copy_aside() { # files; those that were copied already stay
  copy=$work/$subject.copy
  mkdir -p "$copy"
  for file in "$@"; do
    [ -e "$copy/$file" ] || cp "$archive/$file" "$copy/$file" ||
      refuse NO_ROOM "$archive/$file can't be copied below ${TMPDIR:-/tmp} to be decoded"
  done
}
