# Decoding all the WAL on an instance's way to a target.

# Replay of a CREATE TABLESPACE ends the server if its directory is not there, also if it was dropped again since.
need_made() {
  sed -n 's|.*desc: CREATE \([0-9]*\) "\(/.*\)".*|\1 \2|p' "$work/$subject.made" >"$work/$subject.spaces"
  while read -r oid location; do
    usable "$location" || lacks "tablespace $oid is made in $location on the way to the point,\
 which is no directory here that can be written"
  done <"$work/$subject.spaces"
}

# Decodes one file after the other, each from a late record of the one before: that record may go on
# in it. Files before that record are not kept, and few records are printed, for speed.
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
  way=$work/$subject.way
  mkdir "$way"
  while [ $# -gt 0 ]; do
    number=$(numbered "$1")
    file=$(named "$number")
    bring "$1" "$way/$file" || return 0
    until=$(lsn $(((number + 1) * bytes)))
    [ $# -gt 1 ] || until=$end_lsn
    waldump_in_time -s "$from" -e "$until" -r Tablespace >"$work/$subject.made" 2>"$work/$subject.waldump"
    ended=$?
    need_made
    if [ "$ended" -eq 0 ]; then
      go_on
    elif [ $# -eq 1 ] || ! unfinished; then
      not_decoded "$1"
      return 0
    fi
    shift
  done
}

# Sets from to a late record: one of the last megabyte, or the one that ended the file early.
go_on() {
  last=$(waldump_in_time -s "$(later "$from" $(($(place "$until") - 1048576)))" -e "$until" 2>/dev/null | last_record)
  [ -n "$last" ] || last=$(waldump_in_time -s "$from" -e "$until" -r XLOG 2>/dev/null | last_record)
  from=${last:-$from}
  for old in "$way"/*; do
    [ "$(numbered "${old##*/}")" -ge $(($(place "$from") / bytes)) ] || rm -f "$old"
  done
}

# Whether the first record goes on in the next file, which is not here yet.
unfinished() {
  grep -q 'could not find a valid record' "$work/$subject.waldump" &&
    waldump_in_time -s "$from" -e "$(lsn $(((number + 2) * bytes)))" -n 1 2>&1 >/dev/null |
      grep -q 'could not find file'
}

# What pg_waldump says of bytes is damage; any other end of it says nothing of them.
not_decoded() { # file
  said=$(grep -m 1 -e 'error in WAL record' -e 'could not find a valid record' "$work/$subject.waldump" ||
    head -n 1 "$work/$subject.waldump")
  case $ended:$said in
    1:*'error in WAL record'* | 1:*'could not find a valid record'*) report damaged "$1 $said" ;;
    124:*) report open "the time ended at $1" ;;
    *) report open "pg_waldump ended at $1 with $ended${said:+: $said}" ;;
  esac
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

waldump_in_time() { # options
  hundredths
  waldump_for=$((end - now < 100 ? 1 : (end - now) / 100))
  waldump "$way" "$@"
}

# Positions as numbers of bytes, and as PostgreSQL writes them.
place() { # position
  echo $((0x${1%/*} << 32 | 0x${1#*/}))
}

lsn() { # bytes
  printf '%X/%X' $(($1 >> 32)) $(($1 & 0xFFFFFFFF))
}

later() { # position, bytes
  if [ "$(place "$1")" -ge "$2" ]; then echo "$1"; else lsn "$2"; fi
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
