# Promoting a standby: one that has all of the old primary's WAL, or one whose primary is gone.

# Arguments: what acts_on is given, milliseconds to promote in, system identifier, timeline, shutdown
# checkpoint as pg_waldump prints it, within how many seconds the caller's word is wanted before the promotion, no
# if none is.
take_over() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  if said_by_this_run "$me"; then
    # past the point of no return: only forward, also if its host started anew meanwhile
    exec 5<&-
    claimed "$me"
    limit_of "$9"
    up_again "$9" "${11}"
  else
    caught_up "${10}" "${11}" "${12}"
    [ "${13}" = no ] || let_go_on "${13}"
    claimed "$me"
    limit_of "$9"
  fi
  signal_promotion
  promoted "$9" || refuse OUTCOME_UNKNOWN "the server in $data was asked to promote and $short"
  say_history
}

# Beside the looks of this script its caller sees that pauses of PgBouncer stand, and says so: they stood shortly
# before the word. A caller that is gone, or stands still, says nothing in time.
let_go_on() { # seconds
  on_the_way "$subject" word
  word=$(timeout "$1" head -n 1 <&5)
  exec 5<&-
  case $word in
    go) ;;
    '') refuse_claimed PAUSE_OVER "no word came in $1 s whether PgBouncer is still paused" ;;
    *) refuse_claimed PAUSE_OVER "PgBouncer is not known to be paused" ;;
  esac
}

# What pg_ctl promote does; harmless if it was done before.
signal_promotion() {
  [ -e "$data/standby.signal" ] || return 0
  : >"$data/promote" && kill -USR1 "$pid" ||
    refuse OUTCOME_UNKNOWN "the server in $data can't be signalled to promote"
}

# Reads the result of a promotion of this run, and lets no attempt of it act any more if it did not happen. A
# server that runs and may promote can't be kept from it: that one is brought to its end.
# Arguments: what acts_on is given, milliseconds, the old primary's timeline in hexadecimal.
bar_take_over() {
  acts_on "$@"
  process_state "$data"
  limit_of "$9"
  if ! said_by_this_run "$me"; then
    [ -e "$data/standby.signal" ] ||
      refuse_claimed PROMOTED "the server in $data is no standby, and it was promoted outside this run"
    claimed
  elif [ ! -e "$data/standby.signal" ] || [ "$state" = RUNNING ]; then
    claimed
    up_again "$9" $((0x${10}))
    signal_promotion
    promoted "$9" || refuse OUTCOME_UNKNOWN "the server in $data was promoted and $short"
    report promoted yes
    say_history
    return 0
  else
    refuse_on_its_way "${10}"
    rm -f "$data/promote" && claimed none
  fi
  report promoted no
}

# A server that was asked to promote and ended before it began a timeline never took a write, and never will.
refuse_on_its_way() { # timeline it was on
  [ "$state" = STOPPED ] ||
    refuse_claimed OUTCOME_UNKNOWN "the server in $data was asked to promote and is $state: it may still do so"
  for history in "$data"/pg_wal/????????.history; do
    newer=${history##*/}
    newer=${newer%.history}
    [ ! -e "$history" ] || [ ! "$newer" \> "$1" ] ||
      refuse_claimed OUTCOME_UNKNOWN "the server in $data ended after it began timeline $newer: start it, it continues"
  done
}

# A server that was killed on the way to its promotion is started again: no other may write.
up_again() { # milliseconds, timeline it was on
  [ "$state" != RUNNING ] || return 0
  down || refuse OUTCOME_UNKNOWN "processes of the server in $data have not ended in $1 ms: it is $state"
  standby_again "$2"
  start_server "$1" || refuse OUTCOME_UNKNOWN "the server in $data that was to promote is not up again: $said"
  process_state "$data"
}

# A promotion takes the signal file away before its WAL names the new timeline. A server that ended between the two
# would accept writes on the old one, beside the history of the new: it is a standby once more, and promotes anew.
standby_again() { # timeline it was on
  [ ! -e "$data/standby.signal" ] || return 0
  read_control
  controlled "Min recovery ending loc's timeline"
  newest=$value
  controlled 'Database cluster state'
  [ "$value" = 'in archive recovery' ] && [ "$newest" -le "$1" ] || return 0
  stand_by
}

caught_up() { # system identifier, timeline, shutdown checkpoint
  [ "$state" = RUNNING ] || refuse_claimed NOT_CAUGHT_UP "no standby runs in $data: it is $state"
  [ -x "$bin/pg_waldump" ] || refuse_claimed HOST_PROGRAM_MISSING "no pg_waldump in $bin"
  "$bin/pg_waldump" -p "$data/pg_wal" -t "$2" -s "$3" -n 2 >"$work/$subject.records" 2>&1 </dev/null &
  refuse_frozen
  read_control
  wait $!
  controlled 'Database system identifier'
  [ "$value" = "$1" ] || refuse_claimed IDENTITY_DIFFERS "$data is of system $value, the old primary of $1"
  controlled 'Database cluster state'
  [ -e "$data/standby.signal" ] && [ "$value" = 'in archive recovery' ] ||
    refuse_claimed PROMOTED "the server in $data is '$value' and not a standby: it was promoted outside this run"
  { IFS= read -r first && IFS= read -r next; } <"$work/$subject.records" || next=''
  case $first in
    rmgr:\ XLOG*"lsn: $3,"*CHECKPOINT_SHUTDOWN*) ;;
    *) refuse_claimed NOT_CAUGHT_UP \
      "$data does not have the old primary's shutdown checkpoint at $3 of timeline $2: pg_waldump says: $first" ;;
  esac
  case $next in
    rmgr:*) refuse_claimed NOT_CAUGHT_UP \
      "the old primary wrote on after the shutdown checkpoint at $3 it was handed over at: $next" ;;
  esac
}

# A server that stands still would not promote.
refuse_frozen() {
  ! stands_still "$pid" ||
    refuse_claimed NOT_CAUGHT_UP "process $process of the server in $data is halted (stopped by a signal)"
}

# The control file says so when writes are let in; the signal file goes shortly before. No script waits for a server
# that ended: another attempt, or the reading of it, starts it again.
promoted() { # milliseconds
  short="does not accept writes in $1 ms"
  while :; do
    if [ ! -e "$data/standby.signal" ]; then
      read_control
      controlled 'Database cluster state'
      read_status
      [ "$value $status" != 'in production ready' ] || return 0
    fi
    alive "$pid" || {
      short='ended before it accepted writes'
      return 1
    }
    within_limit || return 1
    sleep 0.005
  done
}

# Says the newest timeline's history, which the promotion wrote before it let writes in.
say_history() {
  newest=''
  for history in "$data"/pg_wal/????????.history; do
    [ ! -e "$history" ] || newest=$history
  done
  [ -n "$newest" ] || refuse STATE_UNREADABLE "$data/pg_wal has no history of the new timeline"
  report timeline "${newest##*/}"
  frame history
  while IFS= read -r line || [ -n "$line" ]; do
    printf '%s\n' "$line"
  done <"$newest"
}

# Arguments: what acts_on is given, milliseconds to promote in, system identifier, timeline.
promote_alone() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  if said_by_this_run "$me"; then
    # past the point of no return: only forward, also if its host started anew meanwhile
    claimed "$me"
    limit_of "$9"
    up_again "$9" "${11}"
  else
    may_promote "${10}" "${11}"
    claimed "$me"
    limit_of "$9"
  fi
  signal_promotion
  promoted "$9" || refuse OUTCOME_UNKNOWN "the server in $data was asked to promote and $short"
  say_history
}

may_promote() { # system identifier, timeline
  [ "$state" = RUNNING ] || refuse_claimed NOT_CAUGHT_UP "no standby runs in $data: it is $state"
  refuse_frozen
  read_control
  controlled 'Database system identifier'
  [ "$value" = "$1" ] || refuse_claimed IDENTITY_DIFFERS "$data is of system $value, the old primary of $1"
  controlled 'Database cluster state'
  [ -e "$data/standby.signal" ] && [ "$value" = 'in archive recovery' ] ||
    refuse_claimed PROMOTED "the server in $data is '$value' and not a standby: it was promoted outside this run"
  controlled "Min recovery ending loc's timeline"
  [ "$value" -le "$2" ] ||
    refuse_claimed IDENTITY_DIFFERS "$data has replayed timeline $value, the old primary wrote timeline $2"
}
