# Whether anything runs on a data directory. Linux: /proc.
shared_look=false

# True for a process that lives; one that ended and is only waited for does not.
alive() { # pid
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  case $stat in
    *") Z "* | *") X "*) return 1 ;;
  esac
}

# True if a process works in that directory. Its name alone proves nothing: the server of a container may have the same
# path. The name comes first, because a look at a directory on storage that hangs would hang too.
works_in() { # pid, directory, links resolved
  [ "$(readlink "/proc/$1/cwd")" = "$2" ] && same_file "/proc/$1/cwd" "$2"
}

# The pid in postmaster.pid if a server with this working directory has it, else nothing.
postmaster() { # data directory, links resolved
  pid=''
  [ -e "$1/postmaster.pid" ] || return 1
  { read -r pid <"$1/postmaster.pid"; } 2>/dev/null
  case $pid in
    '' | *[!0-9]*) pid='' && return 1 ;;
  esac
  alive "$pid" && works_in "$pid" "$1" || { pid='' && return 1; }
}

# Sets cwds to the processes of this host and their working directories, one to a line. Fails if
# not even this one is among them.
look_at_processes() {
  cwds=$(find /proc/[0-9]*/cwd -maxdepth 0 -printf '%h %l\n' 2>/dev/null)
  case "
$cwds" in
    *"
/proc/$$ /"*) ;;
    *) return 1 ;;
  esac
}

# For scripts that only read: one reading serves all their instances. A script that acts takes a new one each time.
share_look() {
  look_at_processes ||
    end_refused STATE_UNREADABLE "the processes of this host can't be read below /proc"
  shared_look=true
}

# A server process, with any parent, has its data directory as its working directory; a person's
# shell there is no server. The result of a reading is asked again, process by process.
orphan() { # data directory, links resolved
  $shared_look || look_at_processes ||
    refuse STATE_UNREADABLE "the processes of this host can't be read below /proc"
  case "$cwds
" in
    *" $1
"*) ;;
    *) return 1 ;;
  esac
  while IFS= read -r line; do
    process=${line%% *}
    [ "${line#* }" = "$1" ] && alive "${process#/proc/}" && works_in "${process#/proc/}" "$1" || continue
    case $(readlink "$process/exe" 2>/dev/null) in
      */postgres | */postgres\ *) return 0 ;;
    esac
  done <<PROCESSES
$cwds
PROCESSES
  return 1
}

# True while a process is attached to the shared memory that postmaster.pid names.
attached() { # data directory
  [ -e "$1/postmaster.pid" ] && [ -r /proc/sysvipc/shm ] || return 1
  segment=$(sed -n '7{s/^ *\([0-9][0-9]*\)  *\([0-9][0-9]*\) *$/\1 \2/p;}' "$1/postmaster.pid")
  [ -n "$segment" ] || return 1
  awk -v "key=${segment% *}" -v "id=${segment#* }" \
    '$1 == key && $2 == id && $7 > 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm
}

# Sets doing to what the startup process of a postmaster does with a WAL file, by its title, and file to
# that file's name; both to nothing if it shows none. It starts no program: it is asked for each
# instance of a host while all of them replay.
startup() { # pid of the postmaster
  doing='' file='' children=''
  { IFS= read -r children <"/proc/$1/task/$1/children"; } 2>/dev/null
  for child in $children; do
    title=''
    # a title ends with zero bytes, which the shell leaves out
    { IFS= read -r title <"/proc/$child/cmdline"; } 2>/dev/null
    case $title in
      *startup*recovering\ *) doing=recovering file=${title##*recovering } ;;
      *startup*waiting\ for\ *) doing=waiting file=${title##*waiting for } ;;
    esac
  done
  file=${file%% *}
}

# True for a process that is halted by a signal.
halted() { # pid
  stat=''
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null
  case $stat in
    *") T "*) return 0 ;;
    *) return 1 ;;
  esac
}

# True if a postmaster or one of its children is halted; process is that one then.
stands_still() { # pid of the postmaster
  children=''
  { IFS= read -r children <"/proc/$1/task/$1/children"; } 2>/dev/null
  for process in "$1" $children; do
    ! halted "$process" || return 0
  done
  return 1
}

# Sets state to RUNNING, STOPPED or ORPHANED.
process_state() { # data directory, links resolved
  if postmaster "$1"; then
    state=RUNNING
  elif orphan "$1" || attached "$1"; then
    state=ORPHANED
  else
    state=STOPPED
  fi
}
