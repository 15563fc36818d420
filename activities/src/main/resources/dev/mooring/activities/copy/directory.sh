# A data directory, and where another is made for it: beside it, under names that no launcher starts.

# Sets real to where the data directory is or would be, links resolved, and bin to the server programs.
of_place() { # data directory, program directory
  real=$(readlink -m -- "$1") && [ "$real" != / ] ||
    refuse STATE_UNREADABLE "data directory $1 is / or a link to itself"
  parent=${real%/*}
  parent=${parent:-/}
  bin=$2
  [ -x "$bin/pg_controldata" ] && [ -x "$bin/postgres" ] && [ -x "$bin/pg_ctl" ] ||
    refuse HOST_PROGRAM_MISSING "no pg_controldata, postgres and pg_ctl in $bin"
  named=$1 resolved=$real data=$real
  refuse_shared
  new=$real.mooring-new
  rewinding=$real.mooring-rewind
}

# Sets content and why, with what to do about the room that a rewind that did not end well takes.
content() {
  why=''
  left="did not end well; the WAL that only it has was kept before: if a base backup needs its room, remove what is in"
  if [ ! -e "$real" ] && [ ! -L "$real" ]; then
    content=MISSING why="$real is not there"
    [ ! -d "$rewinding" ] || why="$why, and a rewind in $rewinding $left $rewinding/base"
  elif [ ! -d "$real" ]; then
    content=UNUSABLE why="$real is no directory"
  elif ! held=$(ls -A "$real" 2>&1); then
    content=UNUSABLE why="$held"
  elif [ -z "$held" ]; then
    content=EMPTY why="$real is empty"
  elif [ -e "$real/mooring.half-made" ]; then
    content=UNUSABLE why="a rewind or a copy in $real $left $real/base"
    [ ! -e "$real/postmaster.pid" ] || why="a copy in $real was not verified, and a server was started in it"
  elif ! { read -r major <"$real/PG_VERSION"; } 2>/dev/null; then
    content=UNUSABLE why="$real/PG_VERSION can't be read"
  elif ! control=$(TZ=UTC "$bin/pg_controldata" -D "$real" 2>&1); then
    content=UNUSABLE why="pg_controldata: $control"
  else
    case $control in
      *WARNING:*) content=UNUSABLE why="pg_controldata: $control" ;;
      *) content=READABLE ;;
    esac
  fi
}

# Says the file system of a path and what is left there, in kB.
free_at() { # path that is there
  left=$(stat -f -c '%a*%S/1024' "$1/") && device=$(stat -L -c %d "$1") || return 1
  printf '%s %s' "$device" "$(($left))"
}

# Sets taken to what a directory takes, in kB, on its own file system, or to nothing if that takes too long.
measured() { # directory
  hundredths
  seconds=$(((end - now) / 100))
  taken=''
  [ "$seconds" -le 0 ] || taken=$(timeout "$seconds" du -skx "$1/" 2>/dev/null)
  taken=${taken%%[!0-9]*}
}

# Says what a directory takes, in kB, on its own file system. Files of a running server come and go. What is too big to
# be gone through in the time of a look takes no more than is used on its file system: room for a copy is asked for by
# that.
size_of() { # directory
  measured "$1"
  if [ -z "$taken" ]; then
    taken=$(stat -f -c '(%b-%f)*%S/1024' "$1/") || return 1
    taken=$(($taken))
  fi
  printf '%s' "$taken"
}

# Says what a copy that is not placed takes, in kB: the next one takes its place. What can't be measured counts as
# nothing.
spare() { # directory
  [ -d "$1" ] || { echo 0 && return; }
  measured "$1"
  echo "${taken:-0}"
}

# Sizes are measured for so long, all of an instance together.
say_space() { # seconds
  ends_in "$1"
  above=$parent
  while [ ! -d "$above" ]; do above=${above%/*}; done
  room=$(free_at "${above:-/}") || refuse STATE_UNREADABLE "the file system of $parent can't be examined"
  report file_system "${room% *}"
  report free_kb "$((${room#* } + $(spare "$new") + $(spare "$new.inside")))"
  if [ ! -d "$parent" ] || [ ! -w "$parent" ]; then
    report trouble "$parent can't be written by $(id -un)"
  elif [ -d "$rewinding" ] && [ -d "$real" ] && [ -n "$held" ]; then
    report trouble "both $real and $rewinding are there: move away the one that is not wanted"
  elif [ -d "$real" ] && is_mount "$real"; then
    report trouble "$named is a file system of its own: it can't be renamed, and nothing can be made beside it. Stop its\
 server, mount it elsewhere, move the data into a directory below that mount, and put a link to that directory in its place"
  elif [ -L "$real/pg_wal" ] && there=$(readlink -m "$real/pg_wal") && [ ! -d "${there%/*}/" ]; then
    report trouble "$named/pg_wal leads to $there, and ${there%/*} is not there: mount it"
  else
    report trouble ''
  fi
  kilobytes=0
  [ ! -d "$real" ] || kilobytes=$(size_of "$real") || refuse STATE_UNREADABLE "the size of $real can't be determined"
  within=0 wal=0
  if [ -d "$real/pg_wal" ] && [ ! -L "$real/pg_wal" ]; then
    wal=$(size_of "$real/pg_wal") || refuse STATE_UNREADABLE "the size of $real/pg_wal can't be determined"
    [ "$(stat -c %d "$real/pg_wal/")" != "$(stat -c %d "$real/")" ] || within=$wal
  fi
  say_elsewhere >"$work/$subject.elsewhere"
  [ "$within" -ge "$kilobytes" ] || kilobytes=$((kilobytes - within))
  report kilobytes "$kilobytes"
  report wal_kb "$wal"
  frame elsewhere
  cat "$work/$subject.elsewhere"
}

# A tablespace is identified by the name that its server has for it, which may be a link itself: pg_basebackup maps
# that name and no other. Of its location what this version has there is measured. What lies within the directory was
# measured with it: within is set to that, and so is a pg_wal that is no link, which a copy has where the instance has
# its own. pg_rewind does not find that, since it gets another name first; elsewhere it removes all that its source
# lacks, also of other versions.
say_elsewhere() {
  own=''
  if [ "$content" = READABLE ]; then
    controlled 'Catalog version number'
    own=PG_${major}_$value
  fi
  its_wal=$real/pg_wal
  [ -d "$real" ] || its_wal=$rewinding/pg_wal
  for link in "$its_wal" "$real"/pg_tblspc/*; do
    [ -L "$link" ] && there=$(readlink -f "$link") && [ -d "$there" ] || continue
    oid=${link##*/} against='' its=$there
    [ ! -d "$there/$own" ] || its=$there/$own
    room=$(free_at "$there") && taken=$(size_of "$its") && names=$(ls -A "$there") ||
      refuse STATE_UNREADABLE "$there can't be examined"
    [ "$oid" = pg_wal ] || [ -z "$own" ] || against=$(printf '%s\n' "$names" | grep -vxF -m 1 -e "$own" -e '')
    against=${against:+holds $against too}
    case $there in
      "$real"/*) within=$((within + taken)) against='lies in the data directory' ;;
    esac
    case $oid in
      pg_wal)
        oid=0 wal=$taken
        room="${room% *} $((${room#* } + $(spare "$there.mooring-new")))"
        ;;
      *) there=$(readlink "$link") ;;
    esac
    printf '%s %s %s %s\t%s\n' "$oid" "$taken" "$room" "$there" "$against"
  done
}

# True if a tablespace is there by a link of a data directory, which whose is set to then.
has_tablespace() { # directory, links resolved; data directories
  sought=$1
  shift
  for whose in "$@"; do
    for its in "$whose"/pg_tblspc/*; do
      [ ! -L "$its" ] || [ "$(readlink -m "$its")" != "$sought" ] || return 0
    done
  done
  return 1
}

# Sets here to where a tablespace of the primary would be on this host, links resolved; above to the directory above it;
# and trouble to why it can't be there, or to nothing. One within the data directory comes with it. Elsewhere what lies
# above must be there: a mount that is missing would let the copy fill the file system below it. A location may hold
# other versions' directories, and this version's if that is the instance's own.
of_location() { # location
  here=$(readlink -m -- "$1") above=${here%/*} trouble=''
  above=${above:-/}
  of_version
  case $1$here in
    # it would be lines or fields of its own where places are kept
    *'
'* | *'	'*) trouble="its name has a line feed or a tab: move it" ;;
  esac
  [ -z "$trouble" ] || return 0
  case $here in
    "$real") trouble="it is the data directory itself: move it" ;;
    */PG_"$version"_[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]/*) trouble="it lies in the directory of another tablespace: move it" ;;
    "$real"/*) above=$parent ;;
    *)
      if [ ! -d "$above" ]; then
        trouble="$above is not there: mount it, or as root: install -d -o $(id -un) '$above'"
      elif [ ! -d "$here" ]; then
        [ -w "$above" ] || trouble="$above can't be written by $(id -un): as root: install -d -o $(id -un) '$here'"
      elif [ ! -w "$here" ]; then
        trouble="$here can't be written by $(id -un)"
      elif ! has_tablespace "$here" "$real" "$rewinding"; then
        for held in "$here/PG_${version}_"*; do
          [ -e "$held" ] || continue
          trouble="no link of this instance leads to $held: move it away if no server uses it"
          ! has_tablespace "$here" "$real".mooring-old-* ||
            trouble="$whose, put aside by a run, leads to $held: rename it to $real, or move both away"
        done
      fi
      ;;
  esac
}

# Sets version to the major version of the server programs.
of_version() {
  version=$("$bin/postgres" --version)
  version=${version#*) }
  version=${version%%[!0-9]*}
}

# Where the primary's tablespaces would be made here.
say_places() { # locations
  heres='
'
  for location in "$@"; do
    of_location "$location"
    case $heres in
      *"
$here
"*) trouble="here it is the same directory as another tablespace: $here" ;;
    esac
    heres="$heres$here
"
    of_staged
    while [ ! -d "$above" ]; do
      above=${above%/*}
      above=${above:-/}
    done
    at=$above
    [ ! -d "$here" ] || at=$here
    room=$(free_at "$at") || refuse STATE_UNREADABLE "the file system of $here can't be examined"
    printf '%s %s %s\t%s\n' "${room% *}" "$((${room#* } + $(spare "$staged")))" "$location" "$trouble"
  done
}

# Sets beside to the beginning of names that are this data directory's alone, since others may share the location: beside
# it, or within one from which nothing can be renamed to beside it; and staged to where a copy of the tablespace is made.
of_staged() {
  sum=$(printf '%s' "$real" | cksum)
  sum=${sum%% *}
  beside=$here.$sum
  if [ -d "$here" ] && { [ ! -w "${here%/*}/" ] || [ "$(stat -c %d "$here")" != "$(stat -c %d "${here%/*}/")" ] ||
    mounts | grep -qxF -e "$here"; }; then
    beside=$here/.$sum
  fi
  staged=$beside.mooring-new
}

# What would have to be put aside for a copy and can't be renamed, being mounted, or holding what is. A location that is
# a mount keeps its place.
say_mounts() { # locations
  mounts | while IFS= read -r mount; do
    case $mount in
      "$real"/* | "$rewinding"/*) printf '%s\n' "$mount" ;;
    esac
  done
  for link in "$real/pg_wal" "$rewinding/pg_wal"; do
    here=$(readlink -m -- "$link")
    case $here in
      "$real"/* | "$rewinding"/*) ;;
      *) mounts | grep -xF -e "$here" -m 1 ;;
    esac
  done
  of_version
  for location in "$@"; do
    here=$(readlink -m -- "$location")
    mounts | while IFS= read -r mount; do
      case $mount in
        "$real"/*) ;;
        "$here/PG_${version}_"*) printf '%s\n' "$mount" ;;
      esac
    done
  done
}

# Says where its own WAL ends: the last record that can be read, from the latest checkpoint on, or from
# where the last timeline that WAL is there of begins. A look that is brief leaves that to a patient one if there is
# too much of it: what was read of it by then is not its end. pg_waldump gets the end of the last file: else it waits
# five seconds for the next one.
say_wal() {
  names=$(ls "$real/pg_wal" 2>/dev/null | grep -xE '[0-9A-F]{24}')
  [ -n "$names" ] || return 0
  oldest=$(printf '%s\n' "$names" | sort -k1.9 | sed -n 1p)
  report oldest "$oldest"
  [ "$state" != RUNNING ] && [ -x "$bin/pg_waldump" ] || return 0
  last=$(printf '%s\n' "$names" | tail -n 1)
  timeline=$((0x${last%????????????????}))
  controlled 'Bytes per WAL segment'
  upto=${last#????????}
  upto=$(((0x${upto%????????} << 32) + (0x${upto#????????} + 1) * value))
  upto=$(printf '%X/%X' "$((upto >> 32))" "$((upto & 0xFFFFFFFF))")
  controlled "Latest checkpoint's REDO location"
  from=$value
  controlled "Latest checkpoint's TimeLineID"
  if [ "$value" -lt "$timeline" ]; then
    from=$(awk '!/^[ \t]*(#|$)/ { at = $2 } END { print at }' "$real/pg_wal/${last%????????????????}.history" 2>/dev/null)
  fi
  report wal_timeline "$timeline"
  [ -n "$from" ] || return 0
  hundredths
  seconds=$(((look_ends - now) / 100))
  [ "$seconds" -ge 1 ] || seconds=1
  last=$({
    timeout "$seconds" "$bin/pg_waldump" -p "$real/pg_wal" -t "$timeline" -s "$from" -e "$upto" 2>/dev/null
    echo $? >"$work/$subject.read"
  } | tail -n 1)
  read -r status <"$work/$subject.read"
  if [ "$status" -ne 124 ]; then
    report wal_last "$last"
  elif [ "$how" = brief ]; then
    report wal_unread ''
  else
    refuse STATE_UNREADABLE "the WAL in $real/pg_wal could not be read from $from on to its end within $seconds s"
  fi
}

say_data() {
  report data_major "$major"
  report control "$control
"
  [ ! -e "$real/standby.signal" ] || report standby_signal ''
  started=${control#*Backup start location:}
  started=${started%%
*}
  case $started in
    *[!0/\ ]*) report unfinished_backup '' ;;
    *) [ ! -e "$real/backup_label" ] || report unfinished_backup '' ;;
  esac
  controlled 'wal_log_hints setting'
  hints=$value
  controlled 'Data page checksum version'
  [ "$hints" != on ] && [ "$value" = 0 ] || report hint_bits ''
  controlled "Latest checkpoint's full_page_writes"
  [ "$value" != on ] || report full_pages ''
  for history in "$real"/pg_wal/*.history; do
    [ ! -f "$history" ] || report "history.${history##*/}" "$(cat "$history")"
  done
  say_wal
}

# Says what a base backup of it would not bring, and why the configuration of its own is not found.
say_without() {
  of_config "$real"
  [ -z "$config_lost" ] || [ ! -d "$rewinding" ] || of_config "$rewinding" "$real"
  lost=${config_lost:+$config_absence $config_lost}
  access=$real/pg_hba.conf
  [ "$content" != READABLE ] || ! ask hba_file || access=$value
  frame without
  [ -f "$real/postgresql.conf" ] && [ ! -L "$real/postgresql.conf" ] || echo NOT_IN_BACKUP postgresql.conf
  [ "$access" = "$real/pg_hba.conf" ] && [ -f "$access" ] && [ ! -L "$access" ] || echo NOT_IN_BACKUP pg_hba.conf
  [ -z "$lost" ] || printf '%s\n' "$lost"
}

observe_directory() { # data directory, program directory, seconds, brief or all, tablespaces of the primary
  of_place "$1" "$2"
  ends_in "$3"
  look_ends=$end how=$4
  shift 4
  process_state "$real"
  report process "$state"
  content
  report content "$content"
  report why "$(by_name "$why")"
  lacking='' programs=''
  for program in pg_basebackup pg_verifybackup pg_rewind pg_waldump; do
    if [ -x "$bin/$program" ] && answer=$("$bin/$program" --version 2>/dev/null); then
      programs="$programs$answer
"
    else
      lacking="$lacking $program"
    fi
  done
  report lacking "$lacking"
  report programs "$programs"
  report server "$("$bin/postgres" --version)"
  say_without
  say_space 10
  say_places "$@" >"$work/$subject.places"
  frame places
  cat "$work/$subject.places"
  frame mounts
  say_mounts "$@"
  frame aside
  for old in "$real".mooring-old-*; do
    [ ! -d "$old" ] || printf '%s\n' "$old"
  done
  [ "$content" != READABLE ] || say_data
}
