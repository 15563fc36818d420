# How far the WAL of a server goes, as its disk has it.

# Sets wal_size and wal_page to the bytes of its WAL files and of their pages.
of_wal() {
  controlled 'Bytes per WAL segment'
  wal_size=$value
  controlled 'WAL block size'
  wal_page=$value
}

# Sets position to the bytes before an LSN.
position_of() { # LSN
  position=$(((0x${1%/*} << 32) + 0x${1#*/}))
}

# Says a position as PostgreSQL does.
lsn() { # bytes
  printf '%X/%X' "$(($1 >> 32))" "$(($1 & 0xFFFFFFFF))"
}

# Says the name of a timeline's WAL file.
wal_name() { # timeline, number
  printf '%08X%08X%08X' "$1" "$(($2 / (4294967296 / wal_size)))" "$(($2 % (4294967296 / wal_size)))"
}

# True if a file begins with the page of its own place: one that is kept for later has that of another.
is_begun() { # file, number
  begins=$(od -An -v -tu8 -j 8 -N 8 "$1" 2>/dev/null)
  [ "${begins##* }" = "$(($2 * wal_size))" ]
}

# Sets wal_first to the number of the file that a position lies in, wal_next to that of the first one after it that was
# not begun, and wal_unread to why it can't be said, else to nothing.
walk_wal() { # timeline, LSN, how many files at most
  position_of "$2"
  wal_first=$((position / wal_size)) wal_next=$((position / wal_size)) wal_unread=''
  while [ "$((wal_next - wal_first))" -lt "$3" ] && is_begun "$data/pg_wal/$(wal_name "$1" "$wal_next")" "$wal_next"; do
    wal_next=$((wal_next + 1))
  done
  if [ ! -r "$data/pg_wal" ] || [ ! -x "$data/pg_wal" ]; then
    wal_unread="$data/pg_wal can't be read"
  elif [ "$wal_next" -eq "$wal_first" ] && [ "$((position % wal_size))" -ne 0 ]; then
    wal_unread="$data/pg_wal/$(wal_name "$1" "$wal_first") is not there, or can't be read"
  fi
}

# Sets wal_end to where the last record of the last file ends, at least, to nothing if that was not begun, wal_cut to
# a word if there may be more behind it; false if no record is read there. One that began a little before the
# position may end beyond it. Without a given end, pg_waldump would wait five seconds for the next file, and be ended
# with what it had not printed yet.
end_of_wal() { # timeline
  wal_end='' wal_cut='' wal_begin=$(((wal_next - 1) * wal_size))
  [ "$wal_next" -gt "$wal_first" ] || return 0
  [ "$((position - 65536))" -le "$wal_begin" ] || wal_begin=$((position - 65536))
  wal_begin=$((wal_begin - wal_begin % wal_page))
  record=$({
    timeout 2 "$bin/pg_waldump" -p "$data/pg_wal" -t "$1" -s "$(lsn "$wal_begin")" \
      -e "$(lsn "$((wal_next * wal_size))")" 2>/dev/null </dev/null
    echo "ended $?"
  } | tail -n 2)
  [ "${record##*ended }" != 124 ] || wal_cut=cut
  record=${record%ended *}
  case $record in
    rmgr:*\(rec/tot\):*/*,*lsn:\ */*,*) ;;
    *) return 1 ;;
  esac
  wal_bytes=${record#*(rec/tot):*/}
  wal_bytes=$((${wal_bytes%%,*}))
  record=${record#*lsn: }
  position_of "${record%%,*}"
  # each page that it goes on in begins with a header
  wal_end=$((position + wal_bytes + 24 * ((position % wal_page + wal_bytes - 1) / wal_page)))
  wal_end=$(((wal_end + 7) / 8 * 8))
}

# Says where it ends, if that is beyond the position, or why that can't be said.
say_wal_end() { # timeline, LSN
  of_wal
  walk_wal "$1" "$2" 65
  [ -n "$wal_unread" ] || [ -x "$bin/pg_waldump" ] || wal_unread="no pg_waldump in $bin"
  asked=$position wal_end=''
  [ -n "$wal_unread" ] || end_of_wal "$1" ||
    wal_unread="pg_waldump shows no record in the last file of $data/pg_wal that was begun"
  report wal_unread "$wal_unread"
  [ "${wal_end:-0}" -le "$asked" ] || report wal_end "$(lsn "$wal_end")"
}

# Sets wal_file to the file of the highest timeline that was begun for that number, else to nothing.
wal_begun() { # number
  wal_file=''
  for wal_seen in "$data/pg_wal/"????????"$(wal_name 0 "$1" | cut -c9-)"; do
    ! is_begun "$wal_seen" "$1" || wal_file=$wal_seen
  done
}

# Says the timeline and the end of the last WAL that it has, from the last place of its control file on: a standby that
# followed another timeline since has that one's files behind. After a switch that place may be where a file begins that
# is not begun yet. Says also whether its last record is that of a server that was shut down.
observe_held_wal() { # data directory, program directory
  of_instance "$1" "$2"
  read_control
  of_wal
  controlled "Min recovery ending loc's timeline"
  wal_timeline=$value
  controlled 'Minimum recovery ending location'
  if [ "$value" = 0/0 ]; then
    controlled "Latest checkpoint's TimeLineID"
    wal_timeline=$value
    controlled 'Latest checkpoint location'
  fi
  position_of "$value"
  wal_first=$((position / wal_size)) wal_next=$((position / wal_size)) wal_held='' wal_end=$position
  while wal_begun "$wal_next" && [ -n "$wal_file" ]; do
    [ "$((wal_next - wal_first))" -lt 512 ] || refuse STATE_UNREADABLE "$data/pg_wal has over 512 files behind $value"
    wal_held=$wal_file
    wal_next=$((wal_next + 1))
  done
  if [ -n "$wal_held" ]; then
    wal_held=${wal_held##*/}
    wal_timeline=$((0x${wal_held%????????????????}))
    end_of_wal "$wal_timeline" || refuse STATE_UNREADABLE "pg_waldump shows no record in the last file of $data/pg_wal"
    [ -z "$wal_cut" ] || refuse STATE_UNREADABLE "pg_waldump did not come to the end of $data/pg_wal in 2 s"
    case $record in *'desc: CHECKPOINT_SHUTDOWN '*) report wal_shut_down '' ;; esac
  elif [ "$((position % wal_size))" -ne 0 ]; then
    refuse STATE_UNREADABLE "$data/pg_wal has no WAL at $value"
  fi
  report wal_timeline "$wal_timeline"
  report wal_end "$(lsn "$wal_end")"
}
