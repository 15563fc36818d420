# Keeping WAL that may hold lost transactions, before anything is done to the directory it is in. There may be much of
# it: it is copied and listed by keeping.sh, which runs detached, and is waited for.

of_keeping() { # data directory, program directory, run
  of_place "$1" "$2"
  run=$3 way=KEEP passwords=''
  keeps=$cluster_dir/$subject.wal-kept
  job=$cluster_dir/$subject.keeping/$run
}

# Sets from to the WAL of the instance, or to nothing if its directory holds none. What can't be looked at may hold
# lost transactions: nothing goes on then.
of_wal() {
  from=''
  for directory in "$real" "$rewinding"; do
    [ -e "$directory" ] || [ -L "$directory" ] || continue
    seen=$(ls -A "$directory/" 2>&1) || refuse STATE_UNREADABLE "$directory can't be read: $seen"
    if [ -e "$directory/pg_wal" ] || [ -L "$directory/pg_wal" ]; then
      from=$directory/pg_wal
      break
    fi
  done
  [ -n "$from" ] || return 0
  [ -d "$from/" ] || refuse STATE_UNREADABLE \
    "$from points to $(readlink -m "$from"), which is no directory now: its WAL may be all there is of lost transactions, so mount it, or remove the link if it is gone for good"
  seen=$(ls -A "$from/" 2>&1) || refuse STATE_UNREADABLE "$from can't be read: $seen"
}

# Says names, sizes and times of WAL from a file on, of any timeline, and of histories.
wal_from() { # directory, the last 16 digits of the first file or nothing
  [ -n "$1" ] || return 0
  (
    cd "$1/" || exit 1
    for name in *; do
      case $name in
        *[!0-9A-F]*.history | *[!0-9A-F]*.partial) ;;
        ????????.history | ????????????????????????.partial) printf '%s\n' "$name" ;;
        *[!0-9A-F]*) ;;
        ????????????????????????) printf '%s\n' "$name" ;;
      esac
    done | awk -v "first=$2" '/history$/ || first == "" || substr($0, 9, 16) >= first "" ' |
      xargs -r stat -L -c '%n %s %.9Y'
  )
}

# True for what a WAL file may be long.
is_file_size() { # text
  case $1 in
    '' | *[!0-9]* | ???????????*) return 1 ;;
  esac
  [ "$1" -ge 1048576 ] && [ "$1" -le 1073741824 ] && [ $(($1 & ($1 - 1))) -eq 0 ]
}

# Sets file_size to the size of the WAL files of a directory, and digits to the last 16 of the name of the one that
# holds a position. The control file says it; if that can't be read, the files do that have such a size, if they
# agree: one that was cut off may have another. What is in doubt leaves digits empty, and all is kept.
of_position() { # directory or nothing, position or nothing
  digits='' file_size='' agreed=yes
  [ -n "$1" ] || return 0
  control=$("$bin/pg_controldata" -D "${1%/pg_wal}" 2>&1) || control=''
  case $control in
    *WARNING:*) ;;
    *) controlled 'Bytes per WAL segment' && ! is_file_size "$value" || file_size=$value ;;
  esac
  if [ -z "$file_size" ]; then
    for name in "$1"/????????????????????????; do
      [ -f "$name" ] || continue
      size=$(stat -L -c %s "$name")
      if ! is_file_size "$size"; then
        agreed=no
      elif [ -z "$file_size" ]; then
        file_size=$size
      elif [ "$file_size" -ne "$size" ]; then
        agreed=no
        [ "$file_size" -gt "$size" ] || file_size=$size
      fi
    done
  fi
  [ -n "$2" ] && [ -n "$file_size" ] && [ "$agreed" = yes ] || return 0
  digits=$(printf '%08X%08X' "$((0x${2%/*}))" "$((0x${2#*/} / file_size))")
}

# Sets kept to where WAL is kept that is as this, and fails if it is not there yet: a run that goes on after it was
# reset finds other WAL, if a person let the instance write in between.
kept_so() { # names, sizes and times
  kept=$keeps/$run
  number=1
  while [ -d "$kept" ]; do
    ! printf '%s\n' "$1" | cmp -s - "$kept/seen" || return 0
    number=$((number + 1))
    kept=$keeps/$run.$number
  done
  return 1
}

# Arguments: data directory, program directory, run, position or nothing, seconds, text of the job, text of keeping.sh,
# epoch.
ensure_keeping() {
  of_keeping "$1" "$2" "$3"
  position=$4 seconds=$5 job_text=$6
  if job_runs "$job"; then
    report begun no
    return 0
  fi
  fence_former_primary "$8" ''
  of_wal
  of_position "$from" "$position"
  wal=$(wal_from "$from" "$digits" 2>&1) || refuse STATE_UNREADABLE "the WAL in $from can't be examined: $wal"
  begun=no
  mkdir -p "$keeps" "$job" || refuse HOST_REFUSED "$keeps can't be made"
  if ! kept_so "$wal"; then
    rm -rf "$kept.new" || refuse HOST_REFUSED "$kept.new, which an ended try left, can't be removed"
    need=$(printf '%s\n' "$wal" | awk '{ all += $2 } END { printf "%.0f", all }')
    left=$(stat -f -c '%a*%S' "$keeps") || refuse STATE_UNREADABLE "$keeps can't be examined"
    [ "$((need + need / 10))" -le "$(($left))" ] ||
      refuse NO_ROOM "$need bytes of WAL are to be kept below $cluster_dir, where $(($left)) are free"
    begun=yes
  fi
  put "$job/kept" "$kept
" || refuse NO_ROOM "$job/kept can't be written"
  if [ "$begun" = yes ]; then
    rm -f "$job/exit"
    put "$job/seen" "$wal
" && put "$job/keeping.sh" "$7" || refuse NO_ROOM "$job can't be written"
    launch sh "$job/keeping.sh" "$job" "$from" "$kept" "$bin" "$need" "$file_size" "$position" "$digits"
  fi
  report begun "$begun"
}

say_kept() {
  report directory "$kept"
  report files "$(grep -c . "$kept/SHA256SUMS")"
  report bytes "$(cat "$kept/bytes")"
  digest=$(sha256_of "$kept/SHA256SUMS") || refuse STATE_UNREADABLE "$kept/SHA256SUMS can't be read"
  report digest "${digest%% *}"
  [ ! -s "$kept/unlisted" ] || report unlisted "$(cat "$kept/unlisted")"
  report commits "$(grep -c 'desc: COMMIT' "$kept/transactions.txt")"
  frame listed
  sed -n '/desc: COMMIT/{s/; .*//;p;}' "$kept/transactions.txt" | sed -n 1,20p
}

await_kept() { # data directory, program directory, run, seconds
  of_keeping "$1" "$2" "$3"
  { read -r kept <"$job/kept"; } 2>/dev/null ||
    refuse STATE_UNREADABLE "$job/kept, which lists the kept WAL, can't be read"
  await_ended "$4"
  if [ -d "$kept" ]; then
    say_kept
    return 0
  fi
  last=$(tail -c 1500 "$job/log" 2>/dev/null | tail -n 1)
  case $ended in
    RUNNING) refuse OUTCOME_UNKNOWN "the WAL of $real is still being kept after $4 s, $copied: kB done, in all, percent" ;;
    TIMED_OUT) refuse HOST_REFUSED "the WAL of $real could not be kept in $kept in time: $last" ;;
    FAILED)
      case $last in
        NO_ROOM\ * | STATE_UNREADABLE\ * | HOST_REFUSED\ *) refuse "${last%% *}" "${last#* }" ;;
      esac
      refuse HOST_REFUSED "the WAL of $real can't be kept in $kept: $last"
      ;;
  esac
  refuse OUTCOME_UNKNOWN "the process that kept the WAL of $real in $kept ended before it was done"
}
