# Where pg_basebackup runs: a copy is made beside the old directory, whose server can't start meanwhile.

# Removes a copy that did not get to its place, with what it has elsewhere.
clear_new() {
  if [ -s "$job/places" ]; then
    cut -f 1 "$job/places" | while IFS= read -r staged; do
      rm -rf "$staged"
    done
  fi
  for link in "$new/pg_wal" "$new"/pg_tblspc/*; do
    [ -L "$link" ] && there=$(readlink "$link") || continue
    case $there in
      *.mooring-new) rm -rf "$there" ;;
    esac
  done
  rm -rf "$new" "$new.inside"
}

# Each tablespace is copied to a directory of its own, which the job keeps with where it goes and how the primary calls
# that; one within the data directory to a place beside it. All bytes of the copy are verified by the backup's manifest
# where it was made, and a list of its files is kept, which its place is compared with.
begin_backup() { # kB per second, connection, slot, locations
  rate=$1 connection=$2 slot=$3
  shift 3
  clear_new
  places='' count=$#
  while [ "$count" -gt 0 ]; do
    of_location "$1"
    [ -z "$trouble" ] || refuse HOST_REFUSED "tablespace $1: $trouble"
    of_staged
    case $here in
      "$real"/*) staged=$new.inside/$count.mooring-new ;;
    esac
    rm -rf "$staged"
    places="$places$staged	$here	$1
"
    set -- "$@" "--tablespace-mapping=$(escaped "$1")=$(escaped "$staged")"
    count=$((count - 1))
    shift
  done
  put "$job/places" "$places" || refuse NO_ROOM "$job/places can't be written"
  for old in "$real" "$rewinding"; do
    [ -L "$old/pg_wal" ] && there=$(readlink -m "$old/pg_wal") || continue
    case $there in
      "$real"/* | "$rewinding"/*) ;;
      *) set -- "$@" "--waldir=$there.mooring-new" ;;
    esac
  done
  [ "$rate" -eq 0 ] || set -- "$@" "--max-rate=${rate}k"
  [ -z "$slot" ] || set -- "$@" "--slot=$slot"
  # shellcheck disable=SC2016 # the job's own
  launch sh -c 'bin=$1 new=$2 files=$3
shift 3
"$bin/pg_basebackup" "--pgdata=$new" "$@" && "$bin/pg_verifybackup" --no-parse-wal --quiet "$new" && cd "$new" &&
  find -L base global pg_tblspc pg_wal -type f -printf "%s %p\n" >"$files" && sort -o "$files" "$files" && sync "$files"' \
    copy "$bin" "$new" "$job/files" --wal-method=stream --checkpoint=fast --progress \
    --no-password "--label=mooring $run" "--dbname=$connection" "$@"
}

# As a mapping of pg_basebackup wants it.
escaped() { # path
  printf '%s' "$1" | sed 's/=/\\=/g'
}
