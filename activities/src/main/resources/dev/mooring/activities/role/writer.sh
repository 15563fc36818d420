# The right to write: what the acts of a role share. Each holds the host's lock from the comparison of its token on.

# Sets what the call is about, and reads which instance may write.
acts_on() { # data directory, program directory, content, epoch, ordinal, attempt, run, instance
  of_instance "$1" "$2"
  of_call "$@"
}

# The same whatever is in the data directory.
of_call() {
  my_content=$3 my_epoch=$4 my_ordinal=$5 my_attempt=$6 my_run=$7 me=$8
  # shows that this run asked the server to stop
  stopping=$cluster_dir/$subject.told-$my_run
  read_authority "$my_content"
}

# Records the call's token, and the instance that may write and the one that this one follows from now on, if given. On
# disk when it returns.
claimed() { # who may write, who is followed
  record "$my_content" "$my_epoch" "$my_ordinal" "$my_attempt" "$my_run" "$me" "${1-}" "${2:+$me $2}"
  recorded
}

# A refused call has shown its token too: an earlier attempt that comes after it comes too late.
refuse_claimed() { # code, sentence
  claimed
  refuse "$1" "$2"
}

# True if this very run recorded the right to write, and it is still so: also before it was reset, under an epoch that
# was lower then.
said_by_this_run() { # who
  [ "$seen_writer" = "$1" ] && [ "$seen_writer_run" = "$my_run" ]
}

# The authority of this host says that another instance may write.
refuse_another() {
  case $seen_writer in
    '' | none | "$me") ;;
    *) refuse_claimed TWO_PRIMARIES \
      "by the authority of this host $seen_writer may write, since epoch $seen_writer_epoch of run $seen_writer_run" ;;
  esac
}

limit_of() { # milliseconds
  hundredths
  limit=$((now + $1 / 10))
}

within_limit() {
  hundredths
  [ "$now" -lt "$limit" ]
}

# Sets fenced to the epoch of the configuration fence, 0 without one. A person fences in epoch 0: that counts as 1, which
# is no run's.
read_fence() {
  fenced=0
  [ -e "$data/postgresql.auto.conf" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *mooring_fenced_epoch_[0-9]*)
        line=${line#"${line%%[! 	]*}"}
        case $line in
          mooring_fenced_epoch_*)
            fenced=${line#mooring_fenced_epoch_}
            fenced=${fenced%%[!0-9]*}
            [ "$fenced" != 0 ] || fenced=1
            ;;
        esac ;;
    esac
  done <"$data/postgresql.auto.conf" || refuse STATE_UNREADABLE "$data/postgresql.auto.conf can't be read"
}

# Records in the authority that no instance may write, and puts the fence in: in that order, and both before any stop.
fence_before_stop() {
  prepare "$fence_line" "mooring_fenced_epoch_$my_epoch = on
"
  record "$my_content" "$my_epoch" "$my_ordinal" "$my_attempt" "$my_run" "$me" none
  sync "$authority.$$.new" "$conf.mooring" && mv -fT "$authority.$$.new" "$authority" &&
    mv -fT "$conf.mooring" "$conf" && sync "$cluster_dir" "${conf%/*}" ||
    refuse HOST_REFUSED "$authority and $conf can't be written"
}

# Takes the fence out; on disk when it returns.
unfence() {
  read_fence
  [ "$fenced" != 0 ] || return 0
  prepare "$fence_line" ''
  configure
}

# Sets status to what the postmaster last said of itself: starting, ready, standby, stopping.
read_status() {
  status=''
  [ -e "$data/postmaster.pid" ] || return 0
  { read -r _ && read -r _ && read -r _ && read -r _ && read -r _ && read -r _ && read -r _ &&
    read -r status _; } 2>/dev/null <"$data/postmaster.pid"
}

# Waits until a postmaster is gone; false when the limit is over. One that ended and was not reaped yet is gone:
# only its state in /proc counts, not that its number can be signalled.
gone() { # pid
  while alive "$1"; do
    within_limit || return 1
    sleep 0.003
  done
}

# Waits until nothing runs on the data directory; false when the limit is over.
down() {
  process_state "$data"
  while [ "$state" != STOPPED ]; do
    within_limit || return 1
    sleep 0.02
    process_state "$data"
  done
}

# Keeps where a server's own words go, for its next start.
keep_log() { # pid
  words=$(readlink "/proc/$1/fd/2") && [ -f "$words" ] && printf '%s\n' "$words" >"$cluster_dir/$subject.log" ||
    rm -f "$cluster_dir/$subject.log"
} 2>/dev/null

# Starts the server as it was last started. Fails when it is not up in time; said says why then.
start_server() { # milliseconds
  log=''
  { IFS= read -r log <"$cluster_dir/$subject.log"; } 2>/dev/null
  if [ -z "$log" ] || [ ! -f "$log" ] || [ ! -w "$log" ]; then
    log=$cluster_dir/$subject.starts/$my_run.log
    { [ -d "${log%/*}" ] || mkdir -p "${log%/*}"; } && : >>"$log" ||
      refuse NO_ROOM "the log of this start, $log, can't be written"
    forget_old "$log" "${log%/*}"/*
  fi
  wrong_config
  [ -z "$config_wrong" ] || {
    said="it would not start: $config_wrong"
    return 1
  }
  last_options
  await_reaped
  said_before=$(stat -c %s "$log")
  "$bin/pg_ctl" -D "$named" -l "$log" -w -t "$(($1 / 1000 + 1))" -o "$options" start \
    >"$work/$subject.start" 2>&1 </dev/null 9>&- 3>&- && return 0
  said="$(tail -n 1 "$work/$subject.start"); $log: $(tail -c "+$((said_before + 1))" "$log" | tail -n 4)"
  return 1
}
