# Decoding all the WAL on an instance's way to a target.

# Replay of a CREATE TABLESPACE ends the server if its directory is not there, also if it was dropped again since.
need_made() {
  sed -n 's|.*desc: CREATE \([0-9]*\) "\(/.*\)".*|\1 \2|p' "$work/$subject.made" >"$work/$subject.spaces"
  while read -r oid location; do
    usable "$location" || lacks "tablespace $oid is made in $location on the way to the point,\
 which is no directory here that can be written"
  done <"$work/$subject.spaces"
}

# Decodes one file after the other, each from the last record of the one before: that record may go on
# in it. Files before that record are not kept, and nothing is printed but the last megabyte, for speed.
decode() { # the archive's three words, program directory, timeline, bytes of a WAL file, start, end, files
  missing=''
  decode_way "$@"
  [ -z "$missing" ] || report missing "$missing"
}

decode_way() {
  of_archive "$1" "$2" "$3"
  bin=$4 timeline=$5 bytes=$6 from=$7 end_lsn=$8
  shift 8
  [ -z "${gp_home-}" ] || greenplum_environment
  [ -x "$bin/pg_waldump" ] || {
    report open "no pg_waldump in $bin"
    return 0
  }
  way=$work/$subject.way began=$from
  mkdir "$way"
  while [ $# -gt 0 ]; do
    number=$(numbered "$1")
    file=$(named "$number")
    bring "$1" "$way/$file" || return 0
    until=$(lsn $(((number + 1) * bytes)))
    [ $# -gt 1 ] || until=$end_lsn
    waldump "$from" "$until" -r Tablespace >"$work/$subject.made" 2>"$work/$subject.waldump"
    ended=$?
    need_made
    if [ "$ended" -eq 0 ]; then
      last=$(waldump "$(later "$from" $(($(place "$until") - 1048576)))" "$until" 2>/dev/null |
        sed -n 's|.* lsn: \([0-9A-F]*/[0-9A-F]*\), prev .*|\1|p' | tail -n 1)
      from=${last:-$from}
      for old in "$way"/*; do
        [ "$(numbered "${old##*/}")" -ge $(($(place "$from") / bytes)) ] || rm -f "$old"
      done
    elif [ "$from" != "$began" ] || [ $# -eq 1 ]; then
      report damaged "$1 $(head -n 1 "$work/$subject.waldump")"
      return 0
    fi # else the first record may go on in the next file
    shift
  done
}

# Puts a file of the archive where it is decoded, if there is time and it can be fetched.
bring() { # file, path
  in_time || {
    report open "the time ended at $1"
    return 1
  }
  if elsewhere; then
    # shellcheck disable=SC2034 # what is fetched is given up after that
    within=$(((end - now) / 100 + 1))
    (
      refuse() {
        report open "$2"
        exit 1
      }
      fetch "$1" "$bytes" || {
        if [ -n "$wrong" ]; then
          report damaged "$wrong"
        else
          report open "$not_fetched"
        fi
        exit 1
      }
    ) && mv "$archive/$1" "$2"
  else
    ln -s "$archive/$1" "$2"
  fi
}

waldump() { # start, end, more
  start=$1 stop=$2
  shift 2
  "$bin/pg_waldump" -p "$way" -t "$((0x$timeline))" -s "$start" -e "$stop" "$@"
}

# Positions as numbers of bytes, and as PostgreSQL writes them.
place() { # position
  echo $((0x${1%/*} << 32 | 0x${1#*/}))
}

lsn() { # bytes
  printf '%X/%X' $(($1 >> 32)) $(($1 & 0xFFFFFFFF))
}

later() { # position, bytes
  [ "$(place "$1")" -ge "$2" ] && echo "$1" || lsn "$2"
}

# The number of a WAL file, and the file of that number under the target's timeline: recovery goes from
# one timeline into the next.
numbered() { # file
  low=${1#????????????????}
  high=${1#????????}
  echo $((0x${high%????????} * (0x100000000 / bytes) + 0x$low))
}

named() { # number
  printf '%s%08X%08X' "$timeline" $(($1 / (0x100000000 / bytes))) $(($1 % (0x100000000 / bytes)))
}
