# Keeping WAL that may hold lost transactions, before anything is done to the directory it is in.

# Says the names of WAL from a file on, whatever its timeline, and of histories.
wal_from() { # directory, the last 16 digits of the first file or nothing
  ls "$1" 2>/dev/null | grep -E '^[0-9A-F]{24}(\.partial)?$|^[0-9A-F]{8}\.history$' |
    while IFS= read -r name; do
      digits=${name#????????}
      case $name in
        *.history) printf '%s\n' "$name" ;;
        *) [ -n "$2" ] && expr "${digits%.partial}" '<' "$2" >/dev/null || printf '%s\n' "$name" ;;
      esac
    done
}

# Lists the transactions of each timeline from where it begins there. The end of WAL is told by an error.
list_transactions() { # directory, WAL file size, position to begin at or nothing, its timeline's files
  for timeline in $(ls "$1" | grep -xE '[0-9A-F]{24}' | cut -c 1-8 | sort -u); do
    first=$(ls "$1" | grep -xE "${timeline}[0-9A-F]{16}" | sed -n 1p)
    high=${first#????????}
    low=${high#????????}
    high=${high%????????}
    begin=$(printf '%X/%X' "$((0x$high))" "$((0x$low * $2))")
    [ -z "$3" ] || [ "${first#????????}" != "$4" ] || begin=$3
    "$bin/pg_waldump" --rmgr=Transaction -p "$1" -t "$((0x$timeline))" -s "$begin" 2>/dev/null |
      sed -n "s/^rmgr: Transaction /timeline $((0x$timeline)) /p"
  done
}

say_kept() {
  tell directory "$kept"
  tell files "$(grep -c . "$kept/SHA256SUMS")"
  tell bytes "$(cat "$kept/bytes")"
  digest=$(sha256_of "$kept/SHA256SUMS") || refuse STATE_UNREADABLE "$kept/SHA256SUMS can't be read"
  tell digest "${digest%% *}"
  if [ -e "$kept/unlisted" ]; then
    tell unlisted ''
  fi
  tell commits "$(grep -c 'desc: COMMIT' "$kept/transactions.txt")"
  frame listed
  sed -n '/desc: COMMIT/{s/; .*//;p;}' "$kept/transactions.txt" | sed -n 1,20p
}

# Sets file_size to the size of the WAL files of a directory, and digits to the last 16 of the name of
# the one that holds a position; both to nothing where there is no such file.
of_position() { # directory, position or nothing
  digits='' file_size=''
  for name in "$1"/????????????????????????; do
    [ ! -f "$name" ] || file_size=$(stat -L -c %s "$name")
  done
  [ -n "$2" ] && [ -n "$file_size" ] || return 0
  digits=$(printf '%08X%08X' "$((0x${2%/*}))" "$((0x${2#*/} / file_size))")
}

ensure_wal_kept() { # data directory, program directory, run, position or nothing
  of_place "$1" "$2"
  kept=$cluster_dir/$subject.wal-kept/$3
  if [ -d "$kept" ]; then
    say_kept
    return 0
  fi
  from=$real/pg_wal
  [ -d "$from" ] || from=$rewinding/pg_wal
  rm -rf "$kept.new"
  mkdir -p "$kept.new" || refuse HOST_REFUSED "$kept.new can't be made"
  of_position "$from" "$4"
  names=$(wal_from "$from" "$digits")
  need=0
  for name in $names; do
    size=$(stat -L -c %s "$from/$name") || refuse STATE_UNREADABLE "$from/$name can't be read"
    need=$((need + size))
  done
  left=$(stat -f -c '%a*%S' "$kept.new") || refuse STATE_UNREADABLE "$kept.new can't be looked at"
  [ "$((need + need / 10))" -le "$(($left))" ] ||
    refuse NO_ROOM "$need bytes of WAL are to be kept below $cluster_dir, where $(($left)) are free"
  for name in $names; do
    cp -pL "$from/$name" "$kept.new/" || refuse NO_ROOM "$from/$name can't be kept in $kept.new"
  done
  : >"$kept.new/transactions.txt"
  if [ -x "$bin/pg_waldump" ] && [ -n "$file_size" ]; then
    list_transactions "$kept.new" "$file_size" "$4" "$digits" >"$kept.new/transactions.txt"
  else
    : >"$kept.new/unlisted"
  fi
  printf '%s' "$need" >"$kept.new/bytes"
  (
    cd "$kept.new" && : >SHA256SUMS &&
      for name in $names; do
        sha256sum "$name" || exit 1
      done >>SHA256SUMS
  ) || refuse STATE_UNREADABLE "the WAL in $kept.new can't be read back"
  find "$kept.new" -exec sync {} + && mv "$kept.new" "$kept" && sync "${kept%/*}" ||
    refuse HOST_REFUSED "$kept can't be written to disk"
  say_kept
}
