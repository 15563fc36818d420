# shellcheck shell=sh
# The local Temporal server: where it keeps its state, whether it runs, how it is started and stopped.

# use_server NAME: sets where this server keeps what it has.
use_server() {
  case $1 in
    '' | *[!a-z0-9-]*) fail "the name is '$1', wanted small letters, digits and dashes" ;;
  esac
  server_name=$1
  server_directory=$(state_directory)/$1/temporal
  server_log=$server_directory/server.log
}

# lock_servers: one launcher of this user at a time chooses ports, starts or stops.
lock_servers() {
  mkdir -p "$(cache_directory)"
  exec 9>"$(cache_directory)/servers.lock"
  flock 9
}

# born PID: when the process began, in the kernel's ticks; nothing once it has ended. Tells a process from a later one
# under the same number.
born() {
  sed -n 's/.*) //p' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" { print $20 }'
}

# read_server: sets server_pid, server_address and server_ui; false when the server doesn't run.
read_server() {
  server_pid='' server_address=''
  [ -r "$server_directory/running" ] || return 1
  read -r server_pid server_born server_address server_ui <"$server_directory/running"
  [ -n "$server_born" ] && [ "$(born "$server_pid")" = "$server_born" ]
}

port_is_free() {
  [ -z "$(ss -Hltn "sport = :$1")" ]
}

# is_kept PORT: true where another server that was stopped with its data kept comes back there.
is_kept() {
  for kept in "$(state_directory)"/*/temporal/kept-port; do
    if [ -r "$kept" ] && [ "$kept" != "$server_directory/kept-port" ] && [ "$(cat "$kept")" = "$1" ]; then
      return 0
    fi
  done
  return 1
}

# listens PORT: true when the server listens there itself, not another one that was faster.
listens() {
  case $(ss -Hltnp "sport = :$1") in
    *"pid=$server_pid,"*) ;;
    *) return 1 ;;
  esac
}

# start_server PORT UI_PORT: starts it, and notes who and where it is.
start_server() {
  server_address=127.0.0.1:$1
  server_ui=http://127.0.0.1:$2
  # One partition and more loads per second: with the development server's own settings an activity takes 100 ms,
  # and now and then two seconds. No wait for the disk: a publish wrote 280 times to it. What was written survives the
  # server's death, though not a power cut; this server is for development.
  setsid "$temporal" server start-dev --ip 127.0.0.1 --port "$1" --ui-ip 127.0.0.1 --ui-port "$2" \
    --db-filename "$server_directory/server.db" \
    --sqlite-pragma journal_mode=wal --sqlite-pragma synchronous=off \
    --dynamic-config-value matching.numTaskqueueReadPartitions=1 \
    --dynamic-config-value matching.numTaskqueueWritePartitions=1 \
    --dynamic-config-value history.transferProcessorMaxPollRPS=2000 \
    --dynamic-config-value history.timerProcessorMaxPollRPS=2000 \
    --search-attribute MooringCluster=Keyword --search-attribute MooringStep=Keyword \
    --search-attribute MooringOutcome=Keyword --search-attribute MooringRestorePoint=Keyword \
    --search-attribute MooringNeedsOperator=Bool \
    >"$server_log" 2>&1 </dev/null 3>&- 9>&- &
  server_pid=$!
  printf '%s %s %s %s\n' "$server_pid" "$(born "$server_pid")" "$server_address" "$server_ui" >"$server_directory/running"
}

# ask_server COMMAND...: Temporal's own command line, deaf to this user's profiles.
ask_server() {
  "$temporal" "$@" --address "$server_address" --disable-config-file --disable-config-env --command-timeout 5s \
    2>&1 </dev/null
}

# await_server SECONDS: true once the server and its Web UI serve; false when it ended or the time is over.
await_server() {
  deadline=$(($(date +%s) + $1))
  while read_server; do
    if listens "${server_address##*:}" && listens "${server_ui##*:}"; then
      case $(ask_server operator cluster health) in
        *SERVING*) return 0 ;;
      esac
    fi
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 0.2
  done
  return 1
}

# check_search_attributes: a run that sets an attribute the server doesn't know would hang for ever.
check_search_attributes() {
  attributes=$(ask_server operator search-attribute list)
  for attribute in MooringCluster MooringStep MooringOutcome MooringRestorePoint MooringNeedsOperator; do
    case $attributes in
      *"$attribute"*) ;;
      *) fail "temporal at $server_address doesn't know the search attribute $attribute" \
        "run: temporal-dev/down --name $server_name, then temporal-dev/up --name $server_name" ;;
    esac
  done
}

# stop_server SIGNAL...: ends the process and waits until it has ended: by TERM first where its SQLite file is kept.
stop_server() {
  for signal in "$@"; do
    kill -s "$signal" "$server_pid" 2>/dev/null || true
    deadline=$(($(date +%s) + 15))
    while [ "$(born "$server_pid")" = "$server_born" ]; do
      [ "$(date +%s)" -lt "$deadline" ] || break
      sleep 0.1
    done
    [ "$(born "$server_pid")" = "$server_born" ] || return 0
  done
  fail "process $server_pid, temporal $server_name, is still there 15 s after SIGKILL" "see its state: ps -fp $server_pid"
}
