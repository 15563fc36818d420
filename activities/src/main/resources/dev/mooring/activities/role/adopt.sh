# The right to write, after a person moved it by hand.

# Arguments: what acts_on is given, the instance that accepts writes. Repeated, it changes nothing.
adopt() {
  acts_on "$@"
  before=$seen_writer
  process_state "$data"
  read_control
  controlled 'Database cluster state'
  if [ "$me" = "$9" ]; then
    [ "$state" = RUNNING ] && [ ! -e "$data/standby.signal" ] && [ "$value" = 'in production' ] ||
      refuse_claimed NO_PRIMARY "the server in $data does not accept writes: it is $state and '$value'"
    claimed "$me"
    unfence
  else
    # a signal file says what the next start would be; an orphan may still commit
    [ "$state" = STOPPED ] ||
      { [ "$state" = RUNNING ] && [ -e "$data/standby.signal" ] && [ "$value" != 'in production' ]; } ||
      refuse_claimed TWO_PRIMARIES "the server in $data is $state and no standby: stop it first"
    # the authority is its host's, which may be that of the writer too: this run recorded that one first
    if said_by_this_run "$9"; then claimed; else claimed none; fi
    [ "$state" != STOPPED ] || [ -e "$data/standby.signal" ] || fence_what_is_down
  fi
  report before "$before"
}

# Before a resilver touches anything of an instance, whose directory may be lost. Repeated, it changes nothing.
name_nobody() { # what acts_on is given, epoch and run of the authority that another host has
  of_call "$@"
  before=$seen_writer named_epoch=$9 named_run=${10:-$my_run}
  case $seen_writer in
    '' | none | patroni) claimed ;;
    *) claimed none ;;
  esac
  report before "$before"
}

# If Patroni promotes, whatever is in the data directory: repeated, it changes nothing.
let_patroni() { # what acts_on is given, the instance that leads or is to
  of_call "$@"
  before=$seen_writer
  if [ "$me" = "$9" ]; then
    claimed "$me"
  elif [ "$seen_writer" = "$9" ]; then
    # the authority is its host's, which may be the leader's host too
    claimed
  else
    # recorded in words: if no member is named, Patroni promotes none
    claimed patroni
  fi
  report before "$before"
}

# The fence first, then the reading that counts: a server that was started since the reading before it has read its
# configuration without the fence, and shows itself right after that.
fence_what_is_down() {
  fence
  sleep 0.2
  process_state "$data"
  [ "$state" = STOPPED ] ||
    refuse TWO_PRIMARIES "the server in $data was started meanwhile and is $state: stop it, and it starts no more"
}

# What is down and would start as a primary fails from now on; a fence that is there is as good.
fence() {
  read_fence
  [ "$fenced" = 0 ] || return 0
  prepare "$fence_line" "mooring_fenced_epoch_$my_epoch = on
"
  configure
}
