# What a host reports of a primary that may be gone.

# Says how the processes of a server stand: RUNS, FROZEN, ORPHANS, STOPPED.
witness() { # data directory
  data=$(cd -P -- "$1" 2>/dev/null && pwd -P) ||
    refuse STATE_UNREADABLE "data directory $1 is not there"
  process_state "$data"
  case $state in
    RUNNING) if halted "$pid"; then report seen FROZEN; else report seen RUNS; fi ;;
    ORPHANED) report seen ORPHANS ;;
    *) report seen STOPPED ;;
  esac
}

# Connects to a database as often as asked. Reports the result of each attempt, and the words.
connect_at() { # program directory, address, port, how often
  [ -x "$1/pg_isready" ] && command -v bash >/dev/null ||
    refuse HOST_PROGRAM_MISSING "no pg_isready in $1, or no bash, which distinguish a closed port from silence"
  booted=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) && network=$(readlink /proc/self/ns/net 2>/dev/null) &&
    report machine "$booted $network"
  number=0
  while [ "$number" -lt "$4" ]; do
    hundredths
    began=$now
    connect_once "$@"
    number=$((number + 1))
    report "attempt_$number" "$came $said"
    [ "$number" -lt "$4" ] || return 0
    hundredths
    left=$((began + 100 - now))
    [ "$left" -le 0 ] || sleep "0.$(printf '%02d' "$((left > 99 ? 99 : left))")"
  done
}

# A name without an address is no silence, however long that takes to find out.
has_address() { # name or address
  case $1 in
    *:*) return 0 ;;
    *[!0-9.]*) command -v getent >/dev/null || return 0 ;;
    *) return 0 ;;
  esac
  timeout 1 getent ahosts "$1" >/dev/null 2>&1
}

# The port first, in a second: libpq waits two at least for one that says nothing, with any timeout.
connect_once() { # program directory, address, port
  has_address "$2" || {
    came=NOT_ASKED said="no address is known for $2"
    return 0
  }
  said=$(timeout 1 bash -c 'exec 3<>"/dev/tcp/$1/$2"' tryConnection "$2" "$3" 2>&1 </dev/null)
  case "$? $said" in
    '0 '*) ask_whether_ready "$@" ;;
    124*) came=SILENT said='nothing came back in a second' ;;
    *'Connection refused'*) came=CLOSED said='connection refused' ;;
    *route\ to\ host* | *unreachable*) came=NO_ROUTE said=${said##*: } ;;
    *) refuse STATE_UNREADABLE "the result of a connection to $2 port $3 is not known: $said" ;;
  esac
}

# A process listens: whether a server answers.
ask_whether_ready() { # program directory, address, port
  said=$(timeout 1 "$1/pg_isready" -h "$2" -p "$3" 2>&1 </dev/null)
  case $? in
    0) came=LETS_IN ;;
    1) came=TURNS_AWAY ;;
    *) came=STALLED said='the port is open, and no server said a word' ;;
  esac
}
