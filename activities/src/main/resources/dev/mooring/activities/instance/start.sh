# Starting and stopping instances, once per number of a run.

ensure_stopped() { # data directory, program directory, seconds
  of_instance "$1" "$2"
  refuse_writable
  stopped "$3" || refuse OUTCOME_UNKNOWN "$data is $state after a fast stop of at most $3 s: $said"
}

# Proves again, right before the start, what the server would run with.
in_effect() { # name, timeline, restore command, action, hot_standby
  read_settings || refuse TARGET_NOT_SET "postgres -C: $(cat "$work/$subject.setting")"
  same recovery_target_name "$name" "$1"
  same recovery_target_action "$action" "$4"
  same recovery_target_timeline "$timeline" "$2"
  same restore_command "$restore" "$3"
  same archive_mode "$archive_mode" off
  effective_hot_standby "$5"
}

same() { # setting, its value, the value it must have
  [ "$2" = "$3" ] || refuse TARGET_NOT_SET "$1 is '$2', not '$3'"
}

refuse_signals() {
  [ -e "$data/standby.signal" ] && [ ! -e "$data/recovery.signal" ] ||
    refuse TARGET_NOT_SET "$data has no standby.signal, or a recovery.signal beside it"
}

# Waits until the new server said a first word or is gone; its lock file is there before that. A server
# alone speaks after some 20 ms; if many start at once, reading often only keeps them from it.
first_word() { # log
  for pause in 0.01 0.01 0.02 0.04 0.08 0.16 0.32 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5; do
    ! spoke "$1" || return 0
    sleep "$pause"
  done
  spoke "$1"
}

# A start's log is its marker: a server that came up wrote to it. Arguments: data directory, program
# directory, start, options, name, timeline, restore command, gate file, its text, system identifier,
# action, hot_standby.
ensure_replaying() {
  of_instance "$1" "$2"
  starts=$cluster_dir/$subject.starts
  log=$starts/$3.log
  report log "$log"
  ! spoke "$log" || return 0
  refuse_primary "${10}"
  refuse_signals
  in_effect "$5" "$6" "$7" "${11}" "${12}"
  stopped 60 || refuse OUTCOME_UNKNOWN "$data is $state after a fast stop of at most 60 s: $said"
  put "$8" "$9" || refuse HOST_REFUSED "$8 can't be written"
  { [ -d "$starts" ] || mkdir -p "$starts"; } && : >"$log" ||
    refuse NO_ROOM "the log of this start, $log, can't be written"
  forget_old "$starts/${3%-*}-" "$starts"/*
  for word in status ended; do
    [ ! -e "$cluster_dir/$subject.gate.$word" ] || rm -f "$cluster_dir/$subject.gate.$word"
  done
  config_words
  await_reaped
  said=$("$bin/pg_ctl" -D "$named" -l "$log" -W -o "$4 $config_words" start 2>&1 </dev/null 9>&- 3>&-) ||
    refuse START_FAILED "pg_ctl start: $said"
  first_word "$log" || refuse OUTCOME_UNKNOWN "the server started in $data wrote nothing to $log in 5 s"
}
