# Marking a WAL file as archived that the archiver fails at because its archive has the file already: a rewind or a base
# backup brings files without their .done, and archive_command may refuse what is there.

# Only the name of .ready is changed: what no server has marked for its archiver is none of ours. An archive may be on a
# slow mount, so all of it is read before the host's lock is taken: a fence would wait for that lock.
mark_archived() { # data directory, program directory, WAL file, directory that archive_command fills
  of_instance "$1" "$2"
  mark=$data/pg_wal/archive_status/$3
  if [ ! -e "$mark.ready" ] && [ -e "$mark.done" ]; then
    why_not=''
  elif is_waiting && was=$(wal_there "$3") && is_archived "$3" "$4"; then
    end_refused() { refuse "$@"; } # of this instance's part alone
    lock 5
    [ "$(wal_there "$3")" = "$was" ] || refuse OUTCOME_UNKNOWN "$data/pg_wal/$3 changed while it was compared"
    if is_waiting; then
      mv -fT "$mark.ready" "$mark.done" && sync "${mark%/*}" ||
        refuse HOST_REFUSED "$mark.ready can't be renamed to .done"
    fi
  fi
  report why_not "$(by_name "$why_not")"
}

# Of a file that is not there nothing, without a failure.
wal_there() { # WAL file
  stat -L -c '%d %i %s %y %z' "$data/pg_wal/$1" 2>/dev/null || true
}

# Sets why_not to why the server here would not archive the file now.
is_waiting() {
  why_not=''
  process_state "$data"
  read_control
  controlled 'Database cluster state'
  if [ "$state" != RUNNING ] || [ "$value" != 'in production' ]; then
    why_not="the server in $data is $state, '$value'"
  elif [ ! -e "$mark.ready" ]; then
    why_not="$mark.ready is not there"
  fi
  [ -z "$why_not" ]
}

# Sets why_not to why the archive is not proved to have the file as it is here.
is_archived() { # WAL file, archive directory
  controlled 'Bytes per WAL segment'
  is_whole "$data/pg_wal" "$1" "$value" && is_whole "$2" "$1" "$value" || return 1
  # a file is no archived copy of itself
  same_file "$data/pg_wal/$1" "$2/$1" && why_not="$2/$1 is the file of $data/pg_wal itself" && return 1
  is_equal "$1" "$2"
}

is_whole() { # directory, WAL file, bytes
  if [ ! -f "$1/$2" ] || [ ! -r "$1/$2" ]; then
    why_not="$1/$2 can't be read here"
  elif [ "$(stat -L -c %s "$1/$2")" != "$3" ]; then
    why_not="$1/$2 is not of $3 bytes"
  fi
  [ -z "$why_not" ]
}

# On disk: the server removes its own file soon after it is marked.
is_equal() { # WAL file, archive directory
  timeout -k 1 20 cmp -s "$data/pg_wal/$1" "$2/$1" 9>&- || case $? in
    1) why_not="$2/$1 has other bytes than $data/pg_wal/$1: another server wrote one of them" ;;
    *) why_not="$2/$1 can't be compared with $data/pg_wal/$1 within 20 s" ;;
  esac
  [ -n "$why_not" ] || timeout -k 1 20 sync "$2/$1" 9>&- || why_not="$2/$1 can't be written to disk within 20 s"
  [ -z "$why_not" ]
}
