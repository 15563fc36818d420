# Clients of PgBouncer cut from a primary that is not to be written to any more.
#
# KILL ends the clients of a database and its sessions with the server, and holds clients that come afterwards as PAUSE
# does. PgBouncer 1.18 dies of it if a client is in the midst of its login, so that no client is let in meanwhile. The
# marker of that is older than DISABLE and goes once ENABLE was seen: a script that finds it enables, the pause's
# holder too.

# Sets how many sessions PgBouncer has with the database's server, begun ones too.
see_sessions() {
  console -c 'SHOW SERVERS' >"$work/$subject.servers" 2>"$work/$subject.said" || console_failed $? 'SHOW SERVERS'
  sessions=$(POOL=$MOORING_POOL awk -F '|' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["database"] == ENVIRON["POOL"] { count++ }
    END { print count + 0 }' "$work/$subject.servers")
}

# Leaves no session with that server. Clients that have none there are held, a client that has one in the midst of a
# transaction is cut, and all come again when they are pointed elsewhere, or when the time is over. If the database
# points elsewhere, or there by another name, nothing is changed.
ensure_cut_off() { # host, port, seconds after which they are let go, run
  find_psql
  marker=$cluster_dir/pause cut=$cluster_dir/cut
  see_pool
  [ "$pool_host:$pool_port" = "$1:$2" ] || return 0
  see_sessions
  report sessions "$sessions"
  if [ "$sessions" != 0 ] || ! pause_stands "$marker" 2 || [ "$holder_run" != "$4" ]; then
    require_ours
    left_of_pause "$3" "$4"
    begin_holder "$marker" "$left" "$4"
    hold_those_without_session || cut_all
    see_pool
    see_sessions
    [ "$pool_paused$sessions" = 10 ] ||
      refuse OUTCOME_UNKNOWN "PgBouncer was asked to disconnect clients of $MOORING_POOL, and still has $sessions sessions with $1:$2"
  fi
  admit_again
}

require_ours() {
  [ "$pool_paused" = 0 ] || [ -f "$marker" ] ||
    refuse DATABASE_REFUSED "$MOORING_POOL is paused, and not by Mooring: their pause would end with ours"
  [ "$pool_disabled" = 0 ] || [ -f "$cut" ] ||
    refuse DATABASE_REFUSED "$MOORING_POOL is disabled, and not by Mooring: the person who did it must ENABLE it"
}

# True if that was enough: no client was in a transaction.
hold_those_without_session() {
  [ "$pool_paused" = 1 ] ||
    timeout 0.5 "$psql" -X -w -q -c "PAUSE \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.said" || return 1
  see_sessions
  [ "$sessions" = 0 ]
}

cut_all() {
  put "$cut" '' || refuse NO_ROOM "$cut can't be written"
  console -c "DISABLE \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.said" || console_failed $? DISABLE
  tries=0
  while see_logins && [ "$logins" != 0 ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 15 ]; then
      admit_again
      let_go_again
      refuse BARRIER_NOT_REACHED "$logins clients of PgBouncer did not end their login in 1.5 s, and it may die of a KILL before that"
    fi
    sleep 0.1
  done
  console -c "KILL \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.said" || console_failed $? KILL
}

see_logins() {
  console -c 'SHOW LISTS' >"$work/$subject.lists" 2>"$work/$subject.said" || console_failed $? 'SHOW LISTS'
  logins=$(column "$work/$subject.lists" login_clients items)
}

admit_again() {
  [ -f "$cut" ] || return 0
  console -c "ENABLE \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.said" || console_failed $? ENABLE
  see_pool
  [ "$pool_disabled" = 0 ] || refuse OUTCOME_UNKNOWN "PgBouncer took ENABLE of $MOORING_POOL and admits no client"
  rm -f "$cut"
}

# Clients come again, to the configured server; a PgBouncer that is gone forgot the clients it let in.
revert_cut_off() {
  find_psql
  cut=$cluster_dir/cut
  if ask_pool; then
    admit_again
  elif gone; then
    rm -f "$cut"
  else
    console_failed $? 'SHOW DATABASES'
  fi
  revert_paused
}
