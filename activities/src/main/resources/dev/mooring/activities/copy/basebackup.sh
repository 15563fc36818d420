# Where pg_basebackup runs: a copy is made beside the old directory, whose server can't start meanwhile.

# Removes a copy that did not get to its place, with what it has elsewhere.
clear_new() {
  [ -e "$new" ] || return 0
  for link in "$new/pg_wal" "$new"/pg_tblspc/*; do
    [ -L "$link" ] && there=$(readlink "$link") || continue
    case $there in
      *.mooring-new) rm -rf "$there" ;;
    esac
  done
  rm -rf "$new"
}

# Where the tablespaces of a copy go, links resolved. One that holds anything must be this instance's own.
free_place() { # location
  case $1 in
    *=*) refuse HOST_REFUSED "tablespace $1 has '=' in its name, which pg_basebackup can't map" ;;
  esac
  [ -d "${1%/*}/" ] || refuse NO_ROOM "tablespace $1 can't be made here: ${1%/*} is not there"
  rm -rf "$1.mooring-new"
  [ -d "$1" ] && [ -n "$(ls -A "$1")" ] || return 0
  for link in "$real"/pg_tblspc/* "$rewinding"/pg_tblspc/*; do
    [ ! -L "$link" ] || [ "$(readlink -f "$link")" != "$(readlink -f "$1")" ] || return 0
  done
  refuse HOST_REFUSED "$1 holds something, and is no tablespace of this instance"
}

begin_backup() { # kB per second, connection, slot, tablespaces
  rate=$1 connection=$2 slot=$3
  shift 3
  clear_new
  count=$#
  while [ "$count" -gt 0 ]; do
    count=$((count - 1))
    here=$(readlink -m -- "$1")
    free_place "$here"
    set -- "$@" "--tablespace-mapping=$1=$here.mooring-new"
    shift
  done
  for old in "$real" "$rewinding"; do
    [ ! -L "$old/pg_wal" ] || set -- "$@" "--waldir=$(readlink -f "$old/pg_wal").mooring-new"
  done
  [ "$rate" -eq 0 ] || set -- "$@" "--max-rate=${rate}k"
  [ -z "$slot" ] || set -- "$@" "--slot=$slot"
  launch "$bin/pg_basebackup" "--pgdata=$new" --wal-method=stream --checkpoint=fast --progress \
    --no-password "--label=mooring $run" "--dbname=$connection" "$@"
}
