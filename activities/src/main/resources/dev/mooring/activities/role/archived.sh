# Marking a WAL file as archived that the archiver fails at because its archive has the file already: a rewind or a base
# backup brings files without their .done, and archive_command may refuse what is there.

# Only the name of .ready is changed: what no server has marked for its archiver is none of ours.
mark_archived() { # data directory, program directory, WAL file, directory that archive_command fills
  of_instance "$1" "$2"
  mark=$data/pg_wal/archive_status/$3
  if [ ! -e "$mark.ready" ] && [ -e "$mark.done" ]; then
    why_not=''
  elif is_archived "$3" "$4"; then
    mv -fT "$mark.ready" "$mark.done" && sync "${mark%/*}" ||
      refuse HOST_REFUSED "$mark.ready can't be renamed to .done"
  fi
  report why_not "$(by_name "$why_not")"
}

# Sets why_not to why the archive is not proved to have the file as it is here.
is_archived() { # WAL file, archive directory
  why_not=''
  process_state "$data"
  read_control
  controlled 'Database cluster state'
  if [ "$state" != RUNNING ] || [ "$value" != 'in production' ]; then
    why_not="the server in $data is $state, '$value'"
  elif [ ! -e "$mark.ready" ]; then
    why_not="$mark.ready is not there"
  else
    controlled 'Bytes per WAL segment'
    is_whole "$data/pg_wal" "$1" "$value" && is_whole "$2" "$1" "$value" && is_equal "$1" "$2"
  fi
  [ -z "$why_not" ]
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
  if ! cmp -s "$data/pg_wal/$1" "$2/$1"; then
    why_not="$2/$1 has other bytes than $data/pg_wal/$1: another server wrote one of them"
  elif ! sync "$2/$1"; then
    why_not="$2/$1 can't be written to disk"
  fi
  [ -z "$why_not" ]
}
