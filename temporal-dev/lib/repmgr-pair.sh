# shellcheck shell=sh
# Two servers under repmgr, which moves their primary: what a switchover of ours is measured beside. Sourced by
# switchover-bench.sh, which has set: work, owner, MOORING_PG_BIN, repmgr.

pair_ssh=7322

pair_run() { # command
  as_owner env HOME="$work/pair" PATH="$MOORING_PG_BIN:$PATH" PGHOST=127.0.0.1 sh -c "$1" >>"$work/repmgr.log" 2>&1 ||
    fail "repmgr: $1 failed: $(tail -n 5 "$work/repmgr.log")"
}

pair_conf() { # number, port
  cat >"$work/pair/repmgr$1.conf" <<CONF
node_id=$1
node_name=n$1
conninfo='host=127.0.0.1 port=$2 user=postgres dbname=postgres connect_timeout=2'
data_directory='$work/pair/n$1'
pg_bindir='$MOORING_PG_BIN'
repmgr_bindir='${repmgr%/*}'
ssh_options='-q -p $pair_ssh -i $work/pair/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
config_directory='$work/pair/n$1'
use_replication_slots=yes
log_level=WARNING
service_start_command='$MOORING_PG_BIN/pg_ctl -D $work/pair/n$1 -l $work/pair/n$1.log -w start'
service_stop_command='$MOORING_PG_BIN/pg_ctl -D $work/pair/n$1 -m fast -w stop'
service_restart_command='$MOORING_PG_BIN/pg_ctl -D $work/pair/n$1 -l $work/pair/n$1.log -w restart'
service_promote_command='$MOORING_PG_BIN/pg_ctl -D $work/pair/n$1 -w promote'
CONF
}

# An SSH server for the owner alone: repmgr logs in from the standby to the primary.
pair_sshd() {
  as_owner ssh-keygen -q -t ed25519 -N '' -f "$work/pair/key"
  as_owner ssh-keygen -q -t ed25519 -N '' -f "$work/pair/host"
  as_owner cp "$work/pair/key.pub" "$work/pair/authorized"
  as_owner "${MOORING_SSHD:-/usr/sbin/sshd}" -f /dev/null -p "$pair_ssh" -o ListenAddress=127.0.0.1 -o "HostKey=$work/pair/host" \
    -o "AuthorizedKeysFile=$work/pair/authorized" -o StrictModes=no -o UsePAM=no -o "PidFile=$work/pair/sshd.pid"
}

pair_up() {
  mkdir "$work/pair"
  chown "$owner" "$work/pair"
  pair_conf 1 7311
  pair_conf 2 7312
  chown "$owner" "$work/pair"/*.conf
  pair_sshd
  pair_run "initdb -D $work/pair/n1 -A trust -U postgres -k"
  cat >>"$work/pair/n1/postgresql.conf" <<CONF
port=7311
unix_socket_directories='$work/pair'
wal_log_hints=on
wal_keep_size=256MB
CONF
  pair_run "pg_ctl -D $work/pair/n1 -l $work/pair/n1.log -w start </dev/null"
  pair_run "psql -U postgres -qp 7311 -c 'CREATE EXTENSION repmgr' postgres"
  pair_run "$repmgr -f $work/pair/repmgr1.conf primary register -F"
  pair_run "$repmgr -h 127.0.0.1 -p 7311 -U postgres -d postgres -f $work/pair/repmgr2.conf standby clone -c"
  pair_run "sed -i 's/^port=.*/port=7312/' $work/pair/n2/postgresql.conf"
  pair_run "pg_ctl -D $work/pair/n2 -l $work/pair/n2.log -w start </dev/null"
  pair_run "$repmgr -f $work/pair/repmgr2.conf standby register -F"
}

# The standby is the other one each time.
pair_switch() { # number of the standby
  pair_run "$repmgr -f $work/pair/repmgr$1.conf standby switchover -F"
}

pair_down() {
  [ -d "$work/pair" ] || return 0
  for data in "$work/pair"/n?; do
    [ ! -f "$data/postmaster.pid" ] || as_owner "$MOORING_PG_BIN/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true
  done
  [ ! -f "$work/pair/sshd.pid" ] || kill "$(cat "$work/pair/sshd.pid")" 2>/dev/null || true
}
