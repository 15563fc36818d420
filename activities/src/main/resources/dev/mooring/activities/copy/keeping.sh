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

# Says why a file could not be copied: it can't be read, there is no room, or whatever cp said.
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

# Lists from a position on. The end of WAL is told by an error, and so is a beginning that can't be read.
list_from() { # timeline, position
  "$bin/pg_waldump" --rmgr=Transaction -p "$kept.new" -t "$1" -s "$2" 2>"$job/waldump" |
    sed -n "s/^rmgr: Transaction /timeline $1 /p" >>"$kept.new/transactions.txt"
  ! grep -q 'could not find a valid record' "$job/waldump" ||
    unlisted "no record can be read on timeline $1 from $2 on"
}

# Lists one timeline, and again behind each gap.
list_timeline() { # its eight digits
  expected=''
  for name in $(sed -n "s/^\\($1[0-9A-F]\\{16\\}\\) .*/\\1/p" "$job/seen"); do
    rest=${name#????????}
    number=$((0x${rest%????????} * per_log + 0x${rest#????????}))
    start=$(printf '%X/%X' "$((0x${rest%????????}))" "$((0x${rest#????????} * file_size))")
    if [ -z "$expected" ]; then
      [ "$rest" != "$digits" ] || start=$position
      list_from "$((0x$1))" "$start"
    elif [ "$number" -ne "$expected" ]; then
      unlisted "files are missing before $name"
      list_from "$((0x$1))" "$start"
    fi
    expected=$((number + 1))
  done
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
  for timeline in $(sed -nE 's/^([0-9A-F]{8})[0-9A-F]{16} .*/\1/p' "$job/seen" | sort -u); do
    list_timeline "$timeline"
  done
}

rm -rf "$kept.new"
mkdir -p "$kept.new" && cp "$job/seen" "$kept.new/seen" || fail NO_ROOM "$kept.new can't be made"
copy_wal
list_transactions
printf '%s' "$need" >"$kept.new/bytes" &&
  (cd "$kept.new" && sed 's/ .*//' seen | grep . | xargs -r sha256sum >SHA256SUMS) ||
  fail STATE_UNREADABLE "the WAL in $kept.new can't be read back"
find "$kept.new" -exec sync {} + && mv "$kept.new" "$kept" && sync "${kept%/*}" ||
  fail HOST_REFUSED "$kept can't be written to disk"
