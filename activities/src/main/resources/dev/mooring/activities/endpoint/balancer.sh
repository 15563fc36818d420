# HAProxy by its runtime socket.

of_balancer() { # socket, backend of writes, backend of reads or nothing
  socket=$1
  writes=$2
  reads=$3
}

# A program that talks to a UNIX socket. Perl is part of every Debian, Python of every Red Hat.
find_talker() {
  for talker in socat perl python3 /usr/libexec/platform-python; do
    ! talker=$(command -v "$talker") || return 0
  done
  refuse HOST_PROGRAM_MISSING "no socat, perl or python3 on the PATH: one of them must talk to HAProxy's socket $socket"
}

# Asks HAProxy and says its answer.
ask_balancer() { # commands, a semicolon between them
  case ${talker##*/} in
    socat) printf '%s\n' "$1" | timeout 5 "$talker" -t 5 - "UNIX-CONNECT:$socket" ;;
    perl)
      timeout 5 "$talker" -MIO::Socket::UNIX -e '
        my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\n";
        print $s "$ARGV[1]\n"; $s->flush; print while <$s>;' "$socket" "$1" ;;
    *)
      timeout 5 "$talker" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall((sys.argv[2] + "\n").encode())
while True:
    said = s.recv(65536)
    if not said:
        break
    sys.stdout.write(said.decode())' "$socket" "$1" ;;
  esac 2>"$work/$subject.said"
}

balancer_failed() { # what was asked
  said=$(tail -n 1 "$work/$subject.said")
  case $said in
    *ermission*) refuse AUTHENTICATION_REFUSED "HAProxy's socket $socket is not for $(id -un): $said" ;;
  esac
  refuse DATABASE_UNREACHABLE "HAProxy at $socket gave no answer to $1: $said"
}

# Reads the servers of both backends, a line each: backend, server, checks that let it rise and fall, status.
see_servers() {
  ask_balancer 'show stat typed' >"$work/$subject.typed" || balancer_failed 'show stat'
  WRITES=$writes READS=$reads awk '
    /^S\./ {
      split(substr($0, 1, index($0, ":") - 1), key, ".")
      id = key[2] "." key[3]
      if (!(id in seen)) { seen[id] = ++count; order[count] = id }
      value = $0
      sub(/^[^:]*:[^:]*:[^:]*:/, "", value)
      field[id, key[5]] = value
    }
    END {
      for (i = 1; i <= count; i++) {
        id = order[i]
        backend = field[id, "pxname"]
        if (backend == ENVIRON["WRITES"] || backend == ENVIRON["READS"])
          printf "%s %s %d %d %s\n", backend, field[id, "svname"], field[id, "check_rise"], field[id, "check_fall"],
            field[id, "status"]
      }
    }' "$work/$subject.typed" >"$work/$subject.servers"
  for backend in "$writes" $reads; do
    grep -q "^$backend " "$work/$subject.servers" ||
      refuse STATE_UNREADABLE "HAProxy at $socket has no backend '$backend' with a server"
  done
}

observe_balancer() {
  find_talker
  see_servers
  report servers "$(cat "$work/$subject.servers")"
  # versions before 1.8 don't say it
  level=$(ask_balancer 'show cli level') || balancer_failed 'show cli level'
  case $level in
    *operator* | *user*) report level "$(printf '%s' "$level" | tr -d '\n')" ;;
  esac
}

# True if HAProxy sends clients to that server.
in_use() { # status
  case $1 in
    UP* | 'no check'*) return 0 ;;
    *) return 1 ;;
  esac
}

# Remembers, once per run, which server accepted writes: a repeated call does not see it any more. Checks that have
# failed since it stopped take it out of use: if none is in use it is the one that no person took out.
remember_old() { # primary, run
  was=$cluster_dir/old-$2
  [ ! -f "$was" ] || return 0
  old='' down=''
  while read -r backend server rise fall status; do
    if [ "$backend" != "$writes" ] || [ "$server" = "$1" ]; then
      continue
    elif in_use "$status"; then
      old="$old $server"
    elif [ "$status" = "${status#MAINT}" ]; then
      down="$down $server"
    fi
  done <"$work/$subject.servers"
  [ -n "$old" ] || old=$down
  set -- "$cluster_dir"/old-*
  [ $# -le 20 ] || rm -f "$@"
  put "$was" "$old" || refuse NO_ROOM "$was can't be written"
}

# Sets how many sessions it has with a server of the backends.
see_sessions_with() { # server
  SERVER=$1 WRITES=$writes READS=$reads awk '
    /^S\./ {
      split(substr($0, 1, index($0, ":") - 1), key, ".")
      value = $0
      sub(/^[^:]*:[^:]*:[^:]*:/, "", value)
      field[key[2] "." key[3], key[5]] = value
      ids[key[2] "." key[3]]
    }
    END {
      for (id in ids) {
        backend = field[id, "pxname"]
        if ((backend == ENVIRON["WRITES"] || backend == ENVIRON["READS"]) && field[id, "svname"] == ENVIRON["SERVER"])
          count += field[id, "scur"]
      }
      print count + 0
    }' "$work/$subject.typed" >"$work/$subject.sessions"
  read -r sessions <"$work/$subject.sessions"
}

# Takes a server out of use and ends its sessions. Which backends had it is kept for the undo, and
# that it accepted writes for the route, which would not see it any more. A server that is not in use is not changed.
ensure_balancer_cut() { # old primary, run
  find_talker
  see_servers
  see_sessions_with "$1"
  cut=$cluster_dir/cut-$2
  if [ ! -f "$cut" ]; then
    used=''
    while read -r backend server rise fall status; do
      [ "$server" != "$1" ] || [ "$status" != "${status#MAINT}" ] || used="$used $backend/$server"
    done <"$work/$subject.servers"
    case "$used " in
      *" $writes/$1 "*) ;;
      *) return 0 ;;
    esac
    put "$cluster_dir/old-$2" " $1" && put "$cut" "$used" || refuse NO_ROOM "$cut can't be written"
  fi
  report sessions "$sessions"
  commands=''
  for at in $(cat "$cut"); do
    commands="${commands}set server $at state maint;shutdown sessions server $at;"
  done
  answer=$(ask_balancer "${commands%;}") || balancer_failed 'set server'
  answer=$(printf '%s' "$answer" | tr -s '\n' ' ')
  tries=0
  while see_servers && see_sessions_with "$1" && [ "$sessions" != 0 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 15 ] || refuse OUTCOME_UNKNOWN "HAProxy has $sessions sessions with $1 still: $answer"
    sleep 0.1
  done
  for at in $(cat "$cut"); do
    grep -q "^${at%/*} ${at#*/} [0-9]* [0-9]* MAINT" "$work/$subject.servers" ||
      refuse DATABASE_REFUSED "HAProxy did not take $at out of use: $answer"
  done
}

# Servers that this run took out of use take clients again as their checks let them.
revert_balancer_cut() { # run
  cut=$cluster_dir/cut-$1
  [ -f "$cut" ] || return 0
  find_talker
  commands=''
  for at in $(cat "$cut"); do
    commands="${commands}set server $at state ready;"
  done
  answer=$(ask_balancer "${commands%;}") || balancer_failed 'set server'
  answer=$(printf '%s' "$answer" | tr -s '\n' ' ')
  see_servers
  for at in $(cat "$cut"); do
    ! grep -q "^${at%/*} ${at#*/} [0-9]* [0-9]* MAINT" "$work/$subject.servers" ||
      refuse DATABASE_REFUSED "HAProxy did not take $at into use again: $answer"
  done
  rm -f "$cut" "$cluster_dir/old-$1"
}

# Points writes at one instance alone and cuts the sessions with all others; takes it out of the reads, and brings
# the one into them that accepted writes. That serves none before its own checks let it rise: it is no standby yet.
# Others that a person took out of the reads stay out.
ensure_balancer_routed() { # new primary, run, members
  find_talker
  see_servers
  primary=$1
  remember_old "$1" "$2"
  old=" $(cat "$was") "
  shift 2
  members=" $* "
  commands=''
  while read -r backend server rise fall status; do
    case $members in
      *" $server "*) ;;
      *) continue ;;
    esac
    at=$backend/$server
    if [ "$backend" = "$writes" ] && [ "$server" != "$primary" ]; then
      commands="${commands}set server $at state maint;shutdown sessions server $at;"
    elif [ "$backend" != "$writes" ] && [ "$server" = "$primary" ]; then
      commands="${commands}set server $at state maint;"
    elif [ "$backend" != "$writes" ] && [ "$old" != "${old#* "$server" }" ] && [ "$status" != "${status#MAINT}" ]; then
      commands="${commands}set server $at state ready;set server $at health down;"
    fi
  done <"$work/$subject.servers"
  answer=$(ask_balancer "${commands}set server $writes/$primary state ready") || balancer_failed 'set server'
  answer=$(printf '%s' "$answer" | tr -s '\n' ' ')
  see_servers
  while read -r backend server rise fall status; do
    if [ "$backend" = "$writes" ] && [ "$server" = "$primary" ]; then
      in_use "$status" || refuse DATABASE_REFUSED "HAProxy has $backend/$server as '$status': $answer"
    elif [ "$backend" = "$writes" ] || [ "$server" = "$primary" ]; then
      ! in_use "$status" || refuse DATABASE_REFUSED "HAProxy has $backend/$server as '$status': $answer"
    fi
  done <"$work/$subject.servers"
  grep -q "^$writes $primary " "$work/$subject.servers" ||
    refuse DATABASE_REFUSED "HAProxy's backend $writes has no server $primary"
  rm -f "${was%/*}/cut-${was##*/old-}"
}
