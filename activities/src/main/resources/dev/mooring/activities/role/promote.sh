# Giving the right to write to a standby of a primary that is gone.

# Arguments: what acts_on is given, milliseconds to promote in, system identifier, timeline.
promote_alone() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  if said_by_this_run "$me"; then
    # past the point of no return: only forward, also where its host started anew meanwhile
    claimed "$me"
    limit_of "$9"
    up_again "$9" "${11}"
  else
    may_promote "${10}" "${11}"
    claimed "$me"
    limit_of "$9"
  fi
  told_to_promote
  promoted "$9" || refuse OUTCOME_UNKNOWN "the server in $data was told to promote and $short"
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
    refuse_claimed PROMOTED "the server in $data is '$value' and not a standby: somebody promoted it"
  controlled "Min recovery ending loc's timeline"
  [ "$value" -le "$2" ] ||
    refuse_claimed IDENTITY_DIFFERS "$data has replayed timeline $value, the old primary wrote timeline $2"
}
