# shellcheck shell=sh
# What every bench has: a directory to work in, the lab and the worker that are measured, rounds and times. They have
# set: here, root, rounds, and once the lab is there owner; missed is set to yes where a bar is missed.

# What a bench brought up itself and takes down at its end.
also_down=:

begin_bench() {
  exec 3>&1
  name=bench missed='' worker=''
  work=$(mktemp -d)
  chmod 755 "$work"
}

strike() {
  status=$?
  trap - EXIT INT TERM
  [ -z "$worker" ] || kill -TERM "$worker" 2>/dev/null || true
  "$also_down"
  for client in "$work"/*.pid; do
    [ ! -f "$client" ] || kill "$(cat "$client")" 2>/dev/null || true
  done
  "$here/lab" down --name "$name" >/dev/null 2>&1 || true
  "$here/down" --name "$name" >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$status"
}

# raise LAB...: builds what is shipped, and brings up Temporal and that lab.
raise() {
  build
  trap strike EXIT
  trap 'exit 130' INT TERM
  environment=$("$here/up" --name "$name" --print-env 3>&1)
  eval "$environment"
  "$here/lab" up "$@" --name "$name" >"$work/lab"
  lab=$(sed -n 's|^\. \(.*\)/env sets .*|\1|p' "$work/lab")
  # shellcheck disable=SC1091
  . "$lab/env"
}

# start_worker: one for both sites, in the surroundings as they are now.
start_worker() {
  "$root/worker/bin/mooring-worker" --site east --site west --http-port 0 >"$work/worker.log" 2>&1 &
  worker=$!
}

# await_archives: the class archives that first commands leave being made in the background would be measured too.
await_archives() {
  deadline=$(($(date +%s) + 120))
  while [ -n "$(find "$(cache_directory)" -maxdepth 1 -name 'classes-*.making')" ] &&
    [ "$(date +%s)" -lt "$deadline" ]; do
    sleep 0.5
  done
}

# in_rounds COMMAND...: once in each round.
in_rounds() {
  round=1
  while [ "$round" -le "$rounds" ]; do
    "$@"
    round=$((round + 1))
  done
}

# as_owner COMMAND...: as the account that the servers run under.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u "$owner" -- "$@"
  else
    "$@"
  fi
}

# run_time SERIES WORKFLOW_ID: how long the last run itself took, by Temporal's clock, from its start to its close.
run_time() {
  described=$("$MOORING_TEMPORAL" workflow describe --workflow-id "$2" --address "$TEMPORAL_ADDRESS" --output json)
  for time in startTime closeTime; do
    at=$(printf '%s\n' "$described" | sed -n "s/.*\"$time\": *\"\([^\"]*\)\".*/\1/p" | head -n 1)
    date -d "$at" +%s%3N
  done | awk 'NR == 1 { begin = $1 } END { print $1 - begin }' >>"$work/$1"
}

median() {
  sort -n "$work/$1" | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
