#!/bin/sh
# Measures publish and consume of a Greenplum-like cluster of three, ours as shipped beside whpg_dr_sync, in one run, in
# turn: each consumes into copies of its own of the same servers. What that tool lacks here is emulated as kindly as can
# be: gpssh is one SSH session without a delay, psql finds hosts by name. Prints medians and ratios; ends with 1 when a
# publish takes more than twice as long, or a consume more than a fifth.
# temporal-dev/bench calls it: reference PATH [ROUNDS]; PATH is a directory with the tool's source in src.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/*}
# shellcheck source=shell.sh
. "$here/lib/shell.sh"
# shellcheck source=bench.sh
. "$here/lib/bench.sh"
# shellcheck source=streaming-bench.sh
. "$here/lib/streaming-bench.sh"

source=${1:-} rounds=${2:-5}
case $rounds in
  '' | *[!0-9]* | 0) source='' ;;
esac
[ -f "$source/src/whpg_dr_sync/cli.py" ] ||
  usage 'usage: temporal-dev/bench reference PATH [ROUNDS]; PATH has src/whpg_dr_sync'
begin_bench

mooring() {
  "$root/starter/bin/mooring" "$@" >>"$work/mooring.log" 2>&1 || {
    tail -n 20 "$work/mooring.log" >&2
    fail "mooring $* failed"
  }
}

# The tool's own programs: SSH to the lab's hosts, and psql, by their names.
programs() {
  mkdir "$work/bin"
  cp "$lab/config/id_ed25519" "$lab/config/known_hosts" "$work"
  chown "$owner" "$work/id_ed25519" "$work/known_hosts"
  for instance in $instances; do
    for site in east west; do
      host=$(of "$site-$instance" host)
      content=$(of "$site-$instance" content)
      printf '%s %s %s\n' "$host" "$(of "$host" address)" "$content" >>"$work/hosts"
      printf 'Host %s\n  HostName %s\n  Port %s\n  User %s\n  IdentityFile %s/id_ed25519\n  UserKnownHostsFile %s/known_hosts\n' \
        "$host" "$(of "$host" address)" "$(of "$host" 'ssh: {port')" "$owner" "$work" "$work" >>"$work/ssh_config"
    done
  done
  cat >"$work/bin/ssh" <<SSH
#!/bin/sh
host=\$1
shift
content=\$(sed -n "s/^\$host [^ ]* //p" "$work/hosts")
command=\$(printf '%s' "\$*" | sed "s|$archive|$lab/archive/\$content|g")
exec /usr/bin/ssh -q -n -F "$work/ssh_config" "\$host" "export GPHOME=$home PATH=$home/bin:\\\$PATH; \$command"
SSH
  cat >"$work/bin/gpssh" <<GPSSH
#!/bin/sh
# -h HOST -e COMMAND
exec "$work/bin/ssh" "\$2" "\$4"
GPSSH
  cat >"$work/bin/psql" <<PSQL
#!/bin/sh
# as psql of its version says to a server of ours that it comes in utility mode
case \${PGOPTIONS:-} in
  *gp_session_role=*) export PGOPTIONS="-c gp_role=\${PGOPTIONS##*=}" ;;
  *) unset PGOPTIONS ;;
esac
left=\$#
while [ "\$left" -gt 0 ]; do
  word=\$1 left=\$((left - 1))
  shift
  [ "\${last:-}" != -h ] || word=\$(sed -n "s/^\$word \([^ ]*\) .*/\1/p" "$work/hosts")
  last=\$word
  set -- "\$@" "\$word"
done
"$MOORING_PG_BIN/psql" -X "\$@" || {
  status=\$?
  # as psql of Greenplum's version says it
  [ "\$status" -ne 2 ] || echo 'could not connect to server' >&2
  exit "\$status"
}
PSQL
  chmod 755 "$work/bin"/*
}

# copies: its own copies of the west, as they are before anything was consumed. The tool starts the coordinator's here,
# where its host's address is not; it connects to none of them.
copies() {
  for instance in $instances; do
    data=$(of "west-$instance" dataDirectory)
    as_owner cp -a "$data" "$data.reference"
    as_owner sh -c "printf '%s\n' \"listen_addresses = ''\" \"unix_socket_directories = '/tmp'\" \"port = \$2\" \"restore_command = 'cp \$3/%f \\\"%p\\\"'\" >>\"\$1/postgresql.conf\"
      sed -i '/^port *=/d; /^listen_addresses *=/d; /^unix_socket_directories *=/d; /^restore_command *=/d; /^recovery_target/d' \"\$1/postgresql.auto.conf\"
      : >\"\$1/standby.signal\"" sh "$data.reference" "$(port_of "$instance")" "$lab/archive/$(of "west-$instance" content)"
  done
}

port_of() {
  echo $(($(of "west-$1" port) + 1000))
}

configuration() {
  separator=''
  printf '{"primary": {"host": "%s", "port": %s, "db": "postgres", "user": "postgres"},\n' \
    "$(of east-c host)" "$(of east-c port)"
  printf ' "storage": {"manifest_dir": "%s/manifests", "latest_path": "%s/LATEST.json"},\n' "$state" "$state"
  printf ' "archive": {"archive_dir": "%s"},\n' "$archive"
  printf ' "dr": {"gp_home": "%s", "state_dir": "%s", "receipts_dir": "%s/receipts", "instances": [\n' "$home" "$state" "$state"
  for instance in $instances; do
    local=false
    [ "$instance" != c ] || local=true
    printf '%s {"gp_segment_id": %s, "host": "%s", "port": %s, "data_dir": "%s.reference", "is_local": %s}\n' "$separator" \
      "$(of "west-$instance" content)" "$(of "west-$instance" host)" "$(port_of "$instance")" \
      "$(of "west-$instance" dataDirectory)" "$local"
    separator=,
  done
  printf ']}, "behavior": {"wal_check_commands": {"-1": "test -f %s/archive/-1/{wal_filename} && echo EXISTS"}}}\n' "$lab"
}

reference() { # arguments
  as_owner env "PATH=$work/bin:$home/bin:$PATH" "GPHOME=$home" "PGPASSWORD=$PGPASSWORD" "PYTHONPATH=$source/src" python3 -B \
    -c 'import sys; from whpg_dr_sync.cli import main; sys.exit(main())' --config "$work/reference.json" "$@" \
    >>"$work/reference.log" 2>&1 || {
    tail -n 20 "$work/reference.log" >&2
    fail "whpg_dr_sync $* failed"
  }
}

reference_consume() {
  reference dr run --once
  wanted=$(sed -n 's/.*"restore_point": "\([^"]*\)".*/\1/p' "$state/LATEST.json")
  [ "$(cat "$state/current_restore_point.txt")" = "$wanted" ] || {
    tail -n 30 "$work/reference.log" >&2
    fail "whpg_dr_sync did not come to $wanted"
  }
}

fill() { # the same amount of WAL before each point
  for instance in $instances; do
    (
      [ "$instance" = c ] || export PGOPTIONS='-c gp_role=utility'
      ask "east-$instance" "SELECT pg_logical_emit_message(false, 'filler', repeat('x', 5000000))" >/dev/null
    )
  done
}

timed() { # series, command...
  series=$1
  shift
  begin=$(milliseconds)
  "$@"
  echo $(($(milliseconds) - begin)) >>"$work/$series"
}

one_round() {
  fill
  timed reference-publish reference primary run --once
  timed reference-consume reference_consume
  fill
  timed publish mooring publish "$name"
  timed consume mooring consume "$name" --system-identifier-ends any
}

report() { # what, at most so many times the tool's
  awk -v what="$1" -v ours="$(median "$1")" -v theirs="$(median "reference-$1")" -v times="$2" 'BEGIN {
    printf "%-8s mooring %.2f s, whpg_dr_sync %.2f s, %.2f times that (bar %.1f): %s\n",
      what, ours / 1000, theirs / 1000, ours / theirs, times, ours <= times * theirs ? "met" : "NOT met"
    exit ours > times * theirs }' >&3 || missed=yes
}

environment=$("$here/setup" --print-env)
eval "$environment"
raise greenplum-like --contents 2
owner=$(stat -c %U "$(of west-0 dataDirectory)")
PGPASSWORD=$(sed -n 's/^superuserPassword=//p' "$lab/lab.properties")
export PGPASSWORD
instances='c 0 1'
home=$(of west-0 'manager: {greenplum')
state=$lab/reference archive=/archive-of-this-host
mkdir "$state"
chown "$owner" "$state" "$work"
echo none >"$state/current_restore_point.txt"
chown "$owner" "$state/current_restore_point.txt"
programs
copies
configuration >"$work/reference.json"
# the emulation has no such function; what it answers goes into the tool's manifest only
ask east-c "CREATE FUNCTION greenplum.gp_dist_random(what text) RETURNS TABLE (gp_segment_id int, archived_count bigint,
  last_archived_wal text, last_archived_time timestamptz, failed_count bigint, last_failed_wal text,
  last_failed_time timestamptz) LANGUAGE sql AS \$\$ SELECT 0, archived_count, last_archived_wal, last_archived_time,
  failed_count, last_failed_wal, last_failed_time FROM pg_stat_archiver \$\$" >/dev/null
start_worker

# some of each first, not counted: a worker that has run for a day has its sessions open and its code compiled
for _ in 1 2 3 4 5; do
  mooring publish "$name"
  mooring consume "$name" --system-identifier-ends any
  await_archives
done
reference primary run --once
reference_consume
in_rounds one_round

say "3 instances, $rounds rounds in turn, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), PostgreSQL $("$MOORING_PG_BIN/postgres" --version | sed 's/.*) //; s/ .*//')"
report publish 2
report consume 0.2
[ -z "$missed" ]
