# Copies WAL aside, lists its transactions and seals it by a list of digests; what stands under the name it is given is
# whole and on disk. Its last line says what went wrong. Arguments: directory of its job, with the names in seen; the
# WAL or nothing; where it is kept; server programs; bytes in all; size of a WAL file or nothing; position the listing
# begins at, or nothing; last 16 digits of the name of the file that holds it.
set -u
LC_ALL=C
export LC_ALL
umask 077
job=$1 from=$2 kept=$3 bin=$4 need=$5 file_size=$6 position=$7 digits=$8

fail() { # code, sentence
  printf '%s %s\n' "$1" "$2"
  exit 1
}

# Reports why a file could not be copied: it can't be read, there is no room, or the message of cp.
not_kept() { # file, what cp said
  cat "$1" >/dev/null 2>&1 || fail STATE_UNREADABLE "$1 can't be read: $2"
  case $2 in
    *'No space left'* | *'quota exceeded'*) fail NO_ROOM "$1 can't be kept in $kept.new: $2" ;;
  esac
  fail HOST_REFUSED "$1 can't be kept in $kept.new: $2"
}

copy_wal() {
  copied=0
  while read -r name size _; do
    [ -n "$name" ] || continue
    said=$(cp -pL "$from/$name" "$kept.new/" 2>&1) || not_kept "$from/$name" "$(printf '%s' "$said" | tr '\n' ' ')"
    [ "$(stat -c %s "$kept.new/$name")" = "$size" ] ||
      fail STATE_UNREADABLE "$from/$name had $size bytes and was kept with another size: something still writes there"
    copied=$((copied + size))
    printf '%s/%s kB (%s%%)\n' "$((copied / 1024))" "$((need / 1024))" "$((copied * 100 / need))"
  done <"$job/seen"
}

unlisted() { # why
  printf '%s\n' "$1" >>"$kept.new/unlisted"
}

# Positions as numbers, and back.
number_of() { # position
  printf '%d' "$(((0x${1%/*} << 32) | 0x${1#*/}))"
}

position_of() { # number
  printf '%X/%X' "$(($1 >> 32))" "$(($1 & 0xFFFFFFFF))"
}

file_of() { # timeline's digits, number
  printf '%s%08X%08X' "$1" "$(($2 >> 32))" "$((($2 & 0xFFFFFFFF) / file_size))"
}

# Lists from a position on. Reading always ends with an error, also where WAL ends: sets stop to where, as a number, and
# why to what it says; why is empty if all files that are there were read.
list_from() { # timeline, position
  "$bin/pg_waldump" --rmgr=Transaction -p "$kept.new" -t "$1" -s "$2" 2>"$job/waldump" |
    sed -n "s/^rmgr: Transaction /timeline $1 /p" >>"$kept.new/transactions.txt"
  why=$(tail -n 1 "$job/waldump")
  why=${why#pg_waldump: }
  place=$(printf '%s\n' "$why" | sed -n 's/.*segment \([0-9A-F]\{24\}\),.*offset \([0-9]*\).*/\1 \2/p')
  case $why in
    *'could not find a valid record'*) stop=$(number_of "$2") ;;
    *'could not find file'*)
      place="$(printf '%s\n' "$why" | sed -n 's/.*file "\([0-9A-F]\{24\}\)".*/\1/p') 0"
      why=''
      ;;
    *) stop=$(number_of "$(printf '%s\n' "$why" | sed -n 's|.* at \([0-9A-F]*/[0-9A-F]*\).*|\1|p' | grep . || echo "$2")") ;;
  esac
  case $place in
    ????????????????????????\ *)
      name=${place% *}
      rest=${name#????????}
      stop=$(((0x${rest%????????} << 32) + 0x${rest#????????} * file_size + ${place#* }))
      ;;
  esac
}

# True for how reading ends where WAL does: zeros, or a page that another file once had there.
where_wal_ends() {
  case $why in
    '' | *', got 0' | *'unexpected pageaddr'* | *'invalid magic number 0000'*) return 0 ;;
  esac
  return 1
}

# Says the number of the first of a file's pages, from one on, that was written as this file's: it bears its own address.
written_page() { # file, its start as a number, page
  od -An -v -tu8 "-w$block" "-j$(($3 * block))" "$1" 2>/dev/null |
    awk -v start="$2" -v page="$3" -v block="$block" '$2 == start + (page + NR - 1) * block { print page + NR - 1; exit }'
}

# Sets next to where WAL goes on behind the page that reading stopped in, or to nothing.
behind() { # timeline's digits
  next=''
  start=$((stop - stop % file_size))
  page=$((stop % file_size / block + 1))
  stopped=$(file_of "$1" "$stop")
  if [ -f "$kept.new/$stopped" ] && [ $((page * block)) -lt "$file_size" ]; then
    page=$(written_page "$kept.new/$stopped" "$start" "$page")
    [ -z "$page" ] || next=$((start + page * block))
  fi
  number=$stop
  while [ -z "$next" ] && number=$((number - number % file_size + file_size)) &&
    [ -f "$kept.new/$(file_of "$1" "$number")" ]; do
    page=$(head -c "$block" "$kept.new/$(file_of "$1" "$number")" | written_page - "$number" 0)
    [ -z "$page" ] || next=$number
  done
}

# Lists files that follow each other, and again behind each place that can't be read.
list_run() { # timeline's digits, position
  timeline=$((0x$1)) at=$2 tries=0
  while :; do
    list_from "$timeline" "$at"
    [ -n "$why" ] || return 0
    behind "$1"
    case $why in
      *'could not find a valid record'*) said="no record can be read on timeline $timeline from $at on" ;;
      *) said="cut off on timeline $timeline at $(position_of "$stop"): $why" ;;
    esac
    tries=$((tries + 1))
    if [ -z "$next" ]; then
      where_wal_ends || unlisted "$said; nothing is there behind it"
      return 0
    elif [ "$tries" -ge 20 ]; then
      unlisted "$said; there is more from $(position_of "$next") on, which is not listed"
      return 0
    fi
    at=$(position_of "$next")
    unlisted "$said; listed again from $at on"
  done
}

# Lists one timeline, and again behind each gap.
list_timeline() { # its eight digits
  expected='' stop=0
  for name in $(sed -n "s/^\\($1[0-9A-F]\\{16\\}\\) .*/\\1/p" "$job/seen"); do
    rest=${name#????????}
    number=$((0x${rest%????????} * per_log + 0x${rest#????????}))
    start=$(printf '%X/%X' "$((0x${rest%????????}))" "$((0x${rest#????????} * file_size))")
    next_expected=$((number + 1))
    if [ -z "$expected" ]; then
      [ "$rest" != "$digits" ] || start=$position
      list_run "$1" "$start"
    elif [ "$number" -ne "$expected" ]; then
      unlisted "files are missing before $name"
      list_run "$1" "$start"
    fi
    expected=$next_expected
  done
  if [ "$checkpoint_timeline" = "$((0x$1))" ] && [ "$stop" -le "$checkpoint" ]; then
    unlisted "cut off on timeline $((0x$1)) at $(position_of "$stop"): the control file names a checkpoint behind it"
  fi
}

# Sets checkpoint and checkpoint_timeline to the latest one that the control file names, or to nothing.
name_checkpoint() {
  checkpoint_timeline=''
  control=$("$bin/pg_controldata" -D "${from%/pg_wal}" 2>/dev/null) || return 0
  location=$(printf '%s\n' "$control" | sed -n 's|^Latest checkpoint location: *\([0-9A-F]*/[0-9A-F]*\)$|\1|p')
  [ -n "$location" ] || return 0
  checkpoint=$(number_of "$location")
  checkpoint_timeline=$(printf '%s\n' "$control" | sed -n "s/^Latest checkpoint's TimeLineID: *//p")
}

list_transactions() {
  : >"$kept.new/transactions.txt"
  if [ -z "$file_size" ]; then
    unlisted "no whole WAL file is there"
    return
  elif [ ! -x "$bin/pg_waldump" ]; then
    unlisted "no pg_waldump in $bin"
    return
  fi
  per_log=$((0x100000000 / file_size))
  [ -z "$digits" ] || grep -qE "^[0-9A-F]{8}$digits " "$job/seen" ||
    unlisted "the WAL from $position on is not there"
  name_checkpoint
  first=$(sed -nE 's/^([0-9A-F]{24}) .*/\1/p' "$job/seen" | sed 1q)
  # the first page of a file says how long its pages are
  block=$(od -An -tu4 -j36 -N4 "$kept.new/$first" 2>/dev/null | tr -d ' ')
  case $block in
    4096 | 8192 | 16384 | 32768 | 65536) ;;
    *) block=8192 ;;
  esac
  for digits_of in $(sed -nE 's/^([0-9A-F]{8})[0-9A-F]{16} .*/\1/p' "$job/seen" | sort -u); do
    list_timeline "$digits_of"
  done
}

# Seals what was copied by a list of digests. openssl uses what the processor has for it: three times as fast.
seal() {
  names=$(sed 's/ .*//' seen) || return 1
  printf '%s\n' "$names" | grep . | xargs -r openssl dgst -sha256 -r >SHA256SUMS 2>/dev/null ||
    printf '%s\n' "$names" | grep . | xargs -r sha256sum >SHA256SUMS
}

rm -rf "$kept.new"
mkdir -p "$kept.new" && cp "$job/seen" "$kept.new/seen" || fail NO_ROOM "$kept.new can't be made"
copy_wal
# it goes to disk while it is read; what can't is said by the last sync, and the last line of the log is what failed
find "$kept.new" -type f -exec sync {} + >/dev/null 2>&1 &
list_transactions
printf '%s' "$need" >"$kept.new/bytes" && (cd "$kept.new" && seal) ||
  fail STATE_UNREADABLE "the WAL in $kept.new can't be read back"
find "$kept.new" -exec sync {} + && mv "$kept.new" "$kept" && sync "${kept%/*}" ||
  fail HOST_REFUSED "$kept can't be written to disk"
