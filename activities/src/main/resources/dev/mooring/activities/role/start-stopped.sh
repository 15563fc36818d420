# Starting a primary that is stopped.

# Sets started to the file that says that this run has started the server, and permit to the one that has the boot in
# which the server was named before this run named it in this one.
of_start() {
  started=$cluster_dir/$subject.started-$my_run
  permit=$cluster_dir/$subject.permit-before-$my_run
}

# Arguments: what acts_on is given, milliseconds to be up in, system identifier, the boot in which the start guard of
# this host waits if no person asks for the start, else empty.
start_stopped() {
  acts_on "$@"
  of_start
  process_state "$data"
  refuse_unless_its_turn
  refuse_another_system "${10}"
  [ -z "${11}" ] || refuse_unless_awaited "${11}"
  if [ "$state" = STOPPED ]; then
    [ ! -f "$started" ] ||
      refuse_claimed NO_PRIMARY "the server in $data was started by this run, and has ended since"
    keep_permit
    start_again "$9"
  else
    claimed "$me"
    limit_of "$9"
    takes_writes || refuse OUTCOME_UNKNOWN "the server in $data is still starting up after $9 ms"
  fi
  # a start guard that was killed left its file
  rm -f "$cluster_dir/$subject".started-* "$cluster_dir/$subject".permit-before-* "$authority".asked.*
  put "$started" '' || refuse HOST_REFUSED "$started can't be written"
  report started ''
}

refuse_unless_its_turn() {
  refuse_another
  [ "$seen_writer" != none ] || refuse_claimed NO_PRIMARY \
    "by the authority file of this host no instance may write, since epoch $seen_writer_epoch of run $seen_writer_run"
  read_fence
  [ "$fenced" = 0 ] || refuse_claimed NO_PRIMARY "the configuration of $data has a fence, of epoch $fenced"
  refuse_signal_files
  [ "$state" != ORPHANED ] ||
    refuse_claimed OUTCOME_UNKNOWN "processes of the server in $data outlived its postmaster, and may still commit"
}

# A host that has started again since it was observed is observed anew first, and a server that no guard waits for is
# started by a person. The guard waits no more once it has read the permit of this run.
refuse_unless_awaited() { # boot
  of_boot
  [ "$boot" = "$1" ] ||
    refuse_claimed NO_PRIMARY "this host runs in boot ${boot:-unknown}, and the start was asked for in boot $1"
  [ "$state" != STOPPED ] || { said_by_this_run "$me" && [ "$seen_writer_boot" = "$boot" ]; } || guard_waits "$boot" ||
    refuse_claimed NO_PRIMARY "no start guard waits in boot $boot: its wait is over, or it was ended"
}

refuse_another_system() { # system identifier
  read_control
  controlled 'Database system identifier'
  [ "$value" = "$1" ] || refuse_claimed IDENTITY_DIFFERS "$data is of system $value, not of $1"
}

# A start guard that is asked with --this-boot takes it for a permit that the server was named in this boot.
keep_permit() {
  [ ! -f "$permit" ] || return 0
  of_boot
  [ "$seen_writer" != "$me" ] || [ "$seen_writer_boot" != "$boot" ] || return 0
  rm -f "$cluster_dir/$subject".permit-before-*
  put "$permit" "$seen_writer_boot" || refuse HOST_REFUSED "$permit can't be written"
}

# Arguments: what acts_on is given, milliseconds to wait for one that is starting up.
bar_start() {
  acts_on "$@"
  claimed
  of_start
  limit_of "$9"
  until writes_or_stopped && permit_is_back; do
    :
  done
  report takes_writes "$writes"
}

# Sets writes to yes or no.
writes_or_stopped() {
  writes=no
  process_state "$data"
  while [ "$state" != STOPPED ] && [ ! -e "$data/standby.signal" ]; do
    if [ "$state" = RUNNING ] && writes_now; then
      writes=yes
      return 0
    fi
    within_limit || refuse OUTCOME_UNKNOWN "the server in $data is $state, and does not accept writes yet"
    sleep 0.05
    process_state "$data"
  done
}

# Takes back the permit that this run gave to a server that is stopped. A launcher whose guard had read it starts the
# server in the next moment: then it is given again, and this is false.
permit_is_back() {
  [ -f "$permit" ] && said_by_this_run "$me" || return 0
  if [ "$writes" = yes ]; then
    # an attempt that was killed may have taken it back
    claimed "$me"
    rm -f "$permit"
  fi
  [ "$writes/$state" = no/STOPPED ] || return 0
  named_in=$(cat "$permit") || refuse HOST_REFUSED "$permit can't be read"
  claimed "$me"
  unset named_in
  tries=0
  while [ "$tries" -lt 15 ]; do
    sleep 0.2
    process_state "$data"
    if [ "$state" != STOPPED ]; then
      claimed "$me"
      return 1
    fi
    tries=$((tries + 1))
  done
  rm -f "$permit"
}
