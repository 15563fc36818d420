# The server of a data directory: its programs, its control file, its settings, its end.

# Sets data to the data directory with its links resolved, bin to the server programs.
of_instance() { # data directory, program directory
  data=$(cd -P -- "$1" 2>/dev/null && pwd -P) ||
    refuse STATE_UNREADABLE "data directory $1 is not there"
  bin=$2
  [ -x "$bin/pg_controldata" ] && [ -x "$bin/postgres" ] && [ -x "$bin/pg_ctl" ] ||
    refuse HOST_PROGRAM_MISSING "no pg_controldata, postgres and pg_ctl in $bin"
  [ -z "${gp_home-}" ] || as_greenplum
}

ask() { # setting
  value=$("$bin/postgres" -D "$data" -C "$1" 2>"$work/$subject.setting")
}

# Sets control to what pg_controldata says. It prints a control file whose checksum is wrong all the
# same, behind a warning, and ends with 0.
read_control() {
  control=$(TZ=UTC "$bin/pg_controldata" -D "$data" 2>&1) ||
    refuse STATE_UNREADABLE "pg_controldata: $control"
  case $control in
    *WARNING:*) refuse STATE_UNREADABLE "pg_controldata: $control" ;;
  esac
}

# Sets value to a line of what pg_controldata said.
controlled() { # label
  value=${control#*"$1":}
  value=${value%%
*}
  value=${value#"${value%%[! ]*}"}
}

# A server that takes writes is none of ours to stop.
refuse_writable() {
  postmaster "$data" || return 0
  read_control
  controlled 'Database cluster state'
  [ "$value" != 'in production' ] ||
    refuse PROMOTED "the server in $data takes writes; it was promoted"
}

# Stops what runs, fast, and believes only what is seen afterwards. Without a postmaster there is
# nobody to ask: pg_ctl would signal whoever has got the pid in postmaster.pid since.
stopped() { # seconds
  said=''
  process_state "$data"
  if [ "$state" = RUNNING ]; then
    said=$("$bin/pg_ctl" -D "$data" -m fast -t "$1" stop 2>&1 9>&- 3>&-)
    process_state "$data"
  fi
  [ "$state" = STOPPED ]
}

# Resolves postgresql.auto.conf to the file itself: a link is followed, never replaced.
of_configuration() {
  conf=$(readlink -f "$data/postgresql.auto.conf") ||
    refuse HOST_REFUSED "$data/postgresql.auto.conf leads nowhere"
  if [ ! -e "$conf" ]; then
    : >"$conf" || refuse HOST_REFUSED "$conf can't be written"
  fi
}

# Replaces the configuration by the prepared file beside it, which has its mode and owner.
configure() {
  if cmp -s "$conf.mooring" "$conf"; then
    rm -f "$conf.mooring"
  else
    sync "$conf.mooring" && mv -f "$conf.mooring" "$conf" && sync "${conf%/*}"
  fi || refuse HOST_REFUSED "$conf can't be replaced"
}

# True where a base backup was not replayed to its end: only then is it of use what its manifest says.
backup_unfinished() { # control data
  [ ! -e "$data/backup_label" ] || return 0
  start=${1#*Backup start location:}
  case ${start%%
*} in
    *[!0/\ ]*) return 0 ;;
  esac
  return 1
}

# A server that was killed left its lock file, and the next one takes that for held as long as a process bears the
# number in it: also one that has ended and that nobody has reaped yet.
await_reaped() {
  tries=0
  while { read -r holder <"$data/postmaster.pid"; } 2>/dev/null && kill -0 "$holder" 2>/dev/null &&
    [ "$tries" -lt 1000 ]; do
    sleep 0.01
    tries=$((tries + 1))
  done
}

# Keeps some of the newest; this run's own are its markers, whatever the clock says of their age.
forget_old_starts() { # this run's logs begin so, all logs
  own=$1
  shift
  [ $# -gt 40 ] || return 0
  ls -1dt "$@" | tail -n +21 | while IFS= read -r old; do
    case $old in
      "$own"*) ;;
      *) rm -rf "$old" ;;
    esac
  done
}
