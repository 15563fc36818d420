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

# Reading always ends with an error, also where WAL ends: sets stop to where, as a number, place to the page that it
# stopped at if it is a page that is wrong, and why to what it says; why is empty if all files that are there were read.
of_stop() { # position that was read from
  why=$(tail -n 1 "$job/waldump")
  why=${why#pg_waldump: }
  place=$(printf '%s\n' "$why" | sed -n 's/.*segment \([0-9A-F]\{24\}\),.*offset \([0-9]*\).*/\1 \2/p')
  case $why in
    *'could not find a valid record'*)
      place=''
      stop=$(number_of "$1")
      ;;
    *'could not find file'*)
      place="$(printf '%s\n' "$why" | sed -n 's/.*file "\([0-9A-F]\{24\}\)".*/\1/p') 0"
      why=''
      ;;
    *) stop=$(number_of "$(printf '%s\n' "$why" | sed -n 's|.* at \([0-9A-F]*/[0-9A-F]*\).*|\1|p' | grep . || echo "$1")") ;;
  esac
  case $place in
    ????????????????????????\ *)
      of_start "${place% *}"
      stop=$((start + ${place#* }))
      ;;
  esac
}

# Sets start to the number of a file's first byte.
of_start() { # name
  rest=${1#????????}
  start=$(((0x${rest%????????} << 32) + 0x${rest#????????} * file_size))
}

list_from() { # timeline's digits, position
  "$bin/pg_waldump" --rmgr=Transaction -p "$kept.new" -t "$((0x$1))" -s "$2" 2>"$job/waldump" |
    sed -n "s/^rmgr: Transaction /timeline $((0x$1)) /p" >>"$kept.new/transactions.txt"
  of_stop "$2"
}

# True for how reading ends where WAL does: zeros, or a page that another file once had there.
where_wal_ends() {
  case $why in
    '' | *', got 0' | *'unexpected pageaddr'* | *'invalid magic number 0000'*) return 0 ;;
  esac
  return 1
}

# Says the number of the first of a file's pages, from one on, that was written as this file's: it bears its own address.
# One line of each page, so that od, which is slow, gets its header alone: bytes that would break a line are one higher, in
# the address too, and so a page of such another file counts as written here.
written_page() { # file, its start as a number, page
  tail -c "+$(($3 * block + 1))" "$1" 2>/dev/null | LC_ALL=C tr '\n ' '\v!' |
    dd ibs=64k obs=64k cbs="$block" conv=unblock 2>/dev/null | LC_ALL=C cut -b -23 | od -An -v -tu8 -w24 |
    awk -v start="$2" -v page="$3" -v block="$block" '
      function shown(n, at, sum) {
        for (at = 1; n >= 1; at *= 256) {
          sum += (n % 256 + (n % 256 == 10 || n % 256 == 32)) * at
          n = int(n / 256)
        }
        return sum
      }
      $2 == shown(start + (page + NR - 1) * block) { print page + NR - 1; exit }'
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
    page=$(written_page "$kept.new/$(file_of "$1" "$number")" "$number" 0)
    [ -z "$page" ] || next=$((number + page * block))
  done
}

# True if no page of a timeline from one on was written, and all its files there can be read, and are whole. Each header of
# each later file is read: pages go to disk in any order, and where the disk or fsync=off lost whole files, a page in the
# midst of a later one may be all that is left. More than the files that are there the server has not written.
unwritten() { # timeline's digits, number of the page's first byte
  for file in "$from/$1"????????????????; do
    of_start "${file##*/}"
    [ "$((start + file_size))" -gt "$2" ] || continue
    page=$((($2 - start) / block))
    [ "$page" -ge 0 ] || page=0
    [ "$(stat -L -c %s "$file")" = "$file_size" ] && head -c "$file_size" "$file" >"$job/pages" &&
      [ -z "$(written_page "$job/pages" "$start" "$page")" ] || return 1
  done 2>/dev/null
}

# Sets end to where WAL ends on the control file's timeline, read from its redo on; fails if that is in doubt. Only the
# first record that is invalid is its end, if nothing was written behind it, and what the control file names is before it.
read_to_end() {
  last=$(ls "$from" | sed -nE "/^$1[0-9A-F]{16}\$/p" | tail -n 1)
  record=$("$bin/pg_waldump" -p "$from" -s "$redo" "$(file_of "$1" "$(number_of "$redo")")" "$last" \
    2>"$job/waldump" | tail -n 1)
  of_stop "$redo"
  case $why in
    *'could not '*) return 1 ;;
    *'error in WAL record at '*) ;;
    *) return 1 ;;
  esac
  case $record in
    rmgr:*\(rec/tot\):*/*,*lsn:\ */*,*) ;;
    *) return 1 ;;
  esac
  bytes=${record#*(rec/tot):*/}
  bytes=$((${bytes%%,*}))
  end=${record#*lsn: }
  end=$(number_of "${end%%,*}")
  # each page that it goes on in begins with a header
  while room=$((block - end % block)) && [ "$bytes" -gt "$room" ]; do
    bytes=$((bytes - room)) end=$((end + room))
    [ "$((end % file_size))" -eq 0 ] && end=$((end + 40)) || end=$((end + 24))
  done
  end=$(((end + bytes + 7) / 8 * 8))
  case $record in *'desc: SWITCH'*) end=$(((end + file_size - 1) / file_size * file_size)) ;; esac
  page=$((stop - stop % block))
  [ -n "$place" ] || [ "$page" -ne "$((end - end % block))" ] || page=$((page + block))
  [ "$end" -gt "$checkpoint" ] && [ "$end" -ge "$recovered" ] && unwritten "$1" "$page"
}

# True if a server has nothing on a timeline from a position on, though no record is there: all its WAL ends at it or
# before, or its own timeline parted from that one at it or before.
has_none() { # timeline's digits, position
  at_number=$(number_of "$2")
  if [ -z "$checkpoint_timeline" ]; then
    return 1
  elif [ "$checkpoint_timeline" = "$((0x$1))" ]; then
    read_to_end "$1" && [ "$end" -le "$at_number" ]
  else
    parted=$(sed -nE "s|^[[:space:]]*$((0x$1))[[:space:]]+([0-9A-F]+/[0-9A-F]+).*|\\1|p" \
      "$from/$(printf '%08X' "$checkpoint_timeline").history" 2>/dev/null) || return 1
    [ -n "$parted" ] && [ "$(number_of "$parted")" -le "$at_number" ] && unwritten "$1" "$((at_number - at_number % block + block))"
  fi
}

# Lists files that follow each other, and again behind each place that can't be read.
list_run() { # timeline's digits, position
  timeline=$((0x$1)) at=$2 tries=0
  while :; do
    list_from "$1" "$at"
    [ -n "$why" ] || return 0
    behind "$1"
    case $why in
      *'could not find a valid record'*)
        not_found=$why
        ! has_none "$1" "$at" || return 0
        why=$not_found
        said="no record can be read on timeline $timeline from $at on"
        ;;
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

named() { # what the control file calls a location
  location=$(printf '%s\n' "$control" | sed -n "s|^$1: *\([0-9A-F]*/[0-9A-F]*\)\$|\1|p")
}

# Sets checkpoint, its redo and checkpoint_timeline to the latest one that the control file names, or to nothing, and
# recovered to what was replayed at least.
name_checkpoint() {
  checkpoint_timeline=''
  control=$("$bin/pg_controldata" -D "${from%/pg_wal}" 2>/dev/null) || return 0
  named 'Latest checkpoint location'
  [ -n "$location" ] || return 0
  checkpoint=$(number_of "$location")
  named 'Minimum recovery ending location'
  recovered=$(number_of "${location:-7FFFFFFF/0}")
  named "Latest checkpoint's REDO location"
  redo=${location:-7FFFFFFF/0}
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
