# WAL archives that are no directory of this host: what they hold is listed by one program call, and
# files come by the site's own restore command, into a directory of this script.

# Sets archive to where the files of an archive are read: its directory, or the one its files are
# fetched into.
of_archive() { # kind's words, directory, restore command
  archive_kind=$1 restore=$3
  if [ "$archive_kind" = directory ]; then
    archive=$2
    [ -d "$archive" ] && [ -r "$archive" ] && [ -x "$archive" ] ||
      refuse STATE_UNREADABLE "the archive directory $archive can't be read"
  else
    archive=$work/$subject.fetched
    not_fetched='' wrong='' within=''
    mkdir "$archive"
  fi
}

elsewhere() {
  [ "$archive_kind" != directory ]
}

# Whether what the archive holds is listed by the worker, and only fetched from here.
by_worker() {
  [ "$archive_kind" = asked ] || [ "$archive_kind" = bucket ]
}

# Runs what lists an archive; each line is a file's name and its size, or - if only its content's
# size counts.
listing() {
  eval "$archive_kind" >"$work/$subject.listing" 2>"$work/$subject.unlisted" ||
    refuse STATE_UNREADABLE "the archive can't be listed: $(head -n 1 "$work/$subject.unlisted")"
}

# Says names and sizes of all WAL and history files between two positions.
say_listed() { # first and last position (16 digits)
  elsewhere || return 0
  by_worker || {
    listing
    frame listed
    awk -v "from=$1" -v "to=$2" \
      '$1 ~ /^[0-9A-F]+$/ && length($1) == 24 && substr($1, 9) >= from "" && substr($1, 9) <= to ""
       $1 ~ /[.]history$/' "$work/$subject.listing"
  }
}

list_pgbackrest() { # program, configuration file or nothing, stanza
  program=$1 stanza=$3
  set -- "$1" ${2:+"--config=$2"} --log-level-console=off --log-level-stderr=error
  found=$("$@" repo-ls "archive/$stanza") || return 1
  # the newest database history: the one this stanza archives to now
  id=$(printf '%s\n' "$found" | grep -E '^[0-9.]+-[0-9]+$' | sort -t - -k 2n | tail -n 1)
  [ -n "$id" ] || {
    echo "$program knows no archive of stanza $stanza" >&2
    return 1
  }
  found=$("$@" repo-ls --recurse "archive/$stanza/$id") || return 1
  printf '%s\n' "$found" |
    sed -n -E -e 's|^([0-9A-F]{16}/)?([0-9A-F]{24})-[0-9a-f]{40}([.][a-z0-9]+)?$|\2 -|p' \
      -e 's|^([0-9A-F]{8}[.]history)$|\1 -|p'
}

list_sftp() { # directory, options and destination
  directory=$1
  shift
  found=$(printf 'cd "%s"\nls -ln\n' "$directory" | sftp -q -b - "$@") || return 1
  # a name becomes a part of the restore command, which a shell runs
  printf '%s\n' "$found" | awk '/^-/ && $NF ~ /^[0-9A-Za-z.]+$/ { print $NF, $5 }'
}

# The restore command with %f, %p, %r and %% filled in, as PostgreSQL and the restore gate do.
expanded() { # file, path
  rest=$restore out=''
  while :; do
    case $rest in
      *%*) ;;
      *) break ;;
    esac
    out=$out${rest%%\%*}
    rest=${rest#*%}
    case $rest in
      f*) out=$out$1 ;;
      p*) out=$out$2 ;;
      r*) out=$out$1 ;;
      %*) out=$out% ;;
      *) out=$out%${rest%"${rest#?}"} ;;
    esac
    rest=${rest#?}
  done
  printf '%s' "$out$rest"
}

# How long all files of this call together are waited for; one whose turn comes later is looked for.
wait_for() { # seconds
  ends_in "$1"
}

# Fetches a file that is not here yet, whole or not at all. Only if no byte came, and the status
# is that of a way that is closed (2, or above 125: of the shell, a signal, ssh), bytes can't be had;
# any other end says that the file is wrong or not there, and is kept, with anything that comes after it. A caller
# that sets within (seconds) has the command killed after that.
fetch() { # file, bytes or nothing
  [ ! -e "$archive/$1" ] || return 0
  free=$(df -Pk "$archive" | awk 'NR == 2 { print $4 }')
  [ "${free:-0}" -gt $((${2:-0} / 1024 + 1024)) ] ||
    refuse NO_ROOM "$1 can't be fetched below ${TMPDIR:-/tmp}: ${free:-0} kB are free"
  ${within:+timeout -k 1 "$within"} sh -c "$(expanded "$1" "$work/$subject.part")" >"$work/$subject.said" 2>&1 3>&- 4>&-
  status=$?
  size=$(stat -c %s "$work/$subject.part" 2>/dev/null)
  if [ "$status" -eq 0 ] && [ "${size:--1}" -ge 0 ] && [ "${size:-0}" -eq "${2:-${size:-0}}" ]; then
    mv "$work/$subject.part" "$archive/$1"
    return 0
  fi
  rm -f "$work/$subject.part"
  why="exit status $status"
  case ${within:+$status} in
    124 | 137) why="no end within $within s" ;;
  esac
  [ "$status" -ne 0 ] || why="${size:-no} bytes came instead of ${2:-any}"
  said=$(tail -n 1 "$work/$subject.said")
  not_fetched="the restore command did not fetch $1, $why${said:+: $said}"
  if [ "${size:-0}" -gt 0 ] || { [ "$status" -ne 2 ] && [ "$status" -le 125 ]; }; then
    [ -n "$wrong" ] || wrong="$1 $not_fetched"
  fi
  return 1
}
