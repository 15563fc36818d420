# A rehearsal: what keeps a former primary from writing is tried on a scratch instance among Mooring's own files. Of the
# instance that it stands for nothing is changed, and no more is read than where its configuration is.

# Arguments: data directory, program directory, content, manager, path of the guard, or of Patroni's hook, seconds, when,
# run, what the check of this host's fence command says of its power (empty without one), and in which words.
rehearse() {
  of_instance "$1" "$2"
  stands_for=$data named_as=$named manager=$4 guard=$5 when=$7 asked_by=$8
  my_content=$3 my_epoch=1 my_ordinal=0 my_attempt=1 my_run=rehearsal me=$subject
  kept=$cluster_dir/$subject.rehearsed
  scratch=$cluster_dir/rehearsal/$subject
  real_authority=$cluster_dir/$3.authority
  shown='' words='' passed=yes proved='' left_out='' unit='' asks='' asked_by_unit='' guarded='' not_asked_so=''
  take_turn "$6"
  if [ "$manager" = patroni ]; then
    rehearse_hook
  else
    find_launchers
    make_scratch
    guard_wrong=''
    rehearse_fenced
    rehearse_another_named
    rehearse_named
    rehearse_another_boot
    rehearse_unit
  fi
  rehearse_gate
  note_power "$9" "${10}"
  [ -z "$9" ] || [ "$manager" = patroni ] || note_after_power_off
  remove_scratch
  in_its_time
  put "$kept" "at=$when
run=$asked_by
passed=$passed
shown=$proved
not_rehearsed=$left_out
words=$words
" || refuse HOST_REFUSED "$kept can't be written"
  report shown "$shown"
}

# The rest of a rehearsal that was killed is removed before anything else, and this one's however it ends. Programs that
# it began keep its turn for as long as they run, and the server does not.
take_turn() { # seconds
  { [ -d "${scratch%/*}" ] || mkdir -p "${scratch%/*}"; } && : >>"$scratch.lock" ||
    refuse HOST_REFUSED "${scratch%/*} can't be written"
  exec 8>>"$scratch.lock"
  flock -w 10 8 || refuse OUTCOME_UNKNOWN "another rehearsal of $subject still runs on this host"
  trap remove_scratch EXIT
  trap 'exit 1' HUP INT TERM PIPE
  remove_scratch
  ends_in "$1"
}

remove_scratch() {
  if [ -d "$scratch/data" ]; then
    data=$(cd -P -- "$scratch/data" && pwd -P) && end_scratch
  fi
  rm -rf "$scratch"
}

# In an orderly way first, which leaves no shared memory behind.
end_scratch() {
  process_state "$data"
  [ "$state" != RUNNING ] || kill -QUIT "$pid" || :
  tries=0
  while [ "$state" != STOPPED ] && [ "$tries" -lt 250 ]; do
    sleep 0.02
    tries=$((tries + 1))
    process_state "$data"
  done
  until killed_all; do
    sleep 0.02
  done
}

# Runs a program for no longer than is left. What was cut short so is never taken for an answer: in_its_time is asked
# before anything is said or recorded.
bounded() { # its words
  hundredths
  left=$(((end - now) / 100))
  [ "$left" -ge 1 ] || return 124
  timeout -k 1 "$left" "$@" </dev/null 3>&- 4>&- 9>&-
}

in_its_time() {
  in_time || refuse OUTCOME_UNKNOWN "the rehearsal of $subject was not over in its time; nothing of it is recorded"
}

# The instance is started by pg_ctl of its programs, and on Debian by pg_ctlcluster if its configuration is in the
# place that one looks in; then it has a unit there too.
find_launchers() {
  launchers=pg_ctl unit_of_debian=''
  of_config "$data"
  version=${config%/*/postgresql.conf}
  name=${config%/postgresql.conf}
  name=${name##*/}
  version=${version##*/}
  [ -n "$config" ] && [ "$version" = "$(cat "$data/PG_VERSION" 2>/dev/null)" ] || return 0
  unit_of_debian=postgresql@$version-$name.service
  ! command -v pg_ctlcluster >/dev/null || launchers='pg_ctl pg_ctlcluster'
}

# It listens on a socket below a directory of this script alone, and lets only this account in: pg_ctlcluster asks
# it whether it is up.
make_scratch() {
  [ -x "$bin/initdb" ] || refuse HOST_PROGRAM_MISSING "no initdb in $bin"
  room=$(df -Pk "${scratch%/*}" | awk 'NR == 2 { print $4 }')
  [ "${room:-0}" -ge 262144 ] || refuse NO_ROOM "${scratch%/*} has $room kB left, and a scratch instance takes its part of 256 MB"
  mkdir "$scratch" || refuse HOST_REFUSED "$scratch can't be made"
  bounded nice -n 10 "$bin/initdb" -D "$scratch/data" -U "$(id -un)" --auth-local=peer --auth-host=reject \
    -E SQL_ASCII --locale=C --wal-segsize=1 -N >"$scratch/said" 2>&1 || {
    in_its_time
    refuse HOST_REFUSED "initdb: $(tail -n 3 "$scratch/said" | tr '\n' ' ')"
  }
  data=$(cd -P -- "$scratch/data" && pwd -P) || refuse HOST_REFUSED "$scratch/data is not there"
  cat >>"$data/postgresql.conf" <<SETTINGS || refuse HOST_REFUSED "$data/postgresql.conf can't be written"
listen_addresses = ''
unix_socket_directories = $(quoted "$work")
max_connections = 10
max_wal_senders = 0
wal_level = minimal
shared_buffers = '1MB'
huge_pages = off
autovacuum = off
fsync = off
logging_collector = off
log_destination = stderr
lc_messages = 'C'
SETTINGS
  case $launchers in
    *pg_ctlcluster) configure_as_debian ;;
  esac
  # from here on the acts that fence are the ones of a move, on the authority of this instance alone
  cluster_dir=$scratch
  read_authority "$my_content"
}

configure_as_debian() {
  debian=$scratch/etc/$version/rehearsal
  mkdir -p "$debian" && ln -s "$scratch/log" "$debian/log" && printf '%s\n' \
    "include = $(quoted "$data/postgresql.conf")" "data_directory = $(quoted "$data")" \
    "hba_file = $(quoted "$data/pg_hba.conf")" "ident_file = $(quoted "$data/pg_ident.conf")" \
    >"$debian/postgresql.conf" ||
    refuse HOST_REFUSED "$debian can't be written"
}

show() { # proof, how it ended, words
  said_so=$(printf '%s' "$3" | tr '\n\t' '  ' | cut -c 1-400)
  shown="$shown$1 $2 $said_so
"
  case $2 in
    SHOWN) proved="$proved $1" ;;
    FAILED) passed=no said_so="FAILED: $said_so" ;;
    NOT_REHEARSED)
      left_out="$left_out $1" said_so="not rehearsed: $said_so"
      [ "$passed" = no ] || passed=partly
      ;;
  esac
  words="${words:+$words; }$said_so"
}

# Sets state to what came of a start, and said to what it said.
launch() { # launcher
  : >"$scratch/log"
  case $1 in
    pg_ctl) bounded "$bin/pg_ctl" -D "$data" -l "$scratch/log" -w -t 20 start ;;
    pg_ctlcluster)
      bounded env PG_CLUSTER_CONF_ROOT="$scratch/etc" pg_ctlcluster --skip-systemctl-redirect --bindir="$bin" \
        "$version" rehearsal start ;;
  esac >"$scratch/said" 2>&1 8>&-
  process_state "$data"
  said=$(cat "$scratch/said" "$scratch/log" 2>/dev/null)
}

guard_refused() {
  case $said in
    *"mooring-guard: $subject is not started: "*) return 0 ;;
  esac
  return 1
}

# Fenced as a move fences: the server program refuses, and every launcher of it.
rehearse_fenced() {
  fence_before_stop
  ask_guard 1 'it was fenced in epoch 1'
  timeout -k 1 10 "$bin/postgres" -D "$data" >"$scratch/said" 2>&1 </dev/null 3>&- 4>&- 8>&- 9>&-
  status=$?
  said=$(cat "$scratch/said")
  case $status/$said in
    0/* | 124/* | 137/*) show FENCE FAILED "the server starts with the configuration fence: $said" ;;
    */*'"mooring_fenced_epoch_1"'*FATAL:*) show FENCE SHOWN "the server ends at the configuration fence" ;;
    *) show FENCE FAILED "the server ends, and not at the configuration fence: $said" ;;
  esac
  end_scratch
  for launcher in $launchers; do
    launch "$launcher"
    if [ "$state" != STOPPED ]; then
      show LAUNCHER FAILED "$launcher starts a fenced server"
    elif guard_refused; then
      show LAUNCHER SHOWN "$launcher does not start a fenced server, the guard says why"
    else
      case $said in
        *'"mooring_fenced_epoch_1"'*) show LAUNCHER SHOWN "$launcher does not start a fenced server" ;;
        *) show LAUNCHER FAILED "$launcher does not start, and not for the fence: $said" ;;
      esac
    fi
    end_scratch
  done
  unfence
}

now_named() { # who may write
  recorded=''
  record "$my_content" "$my_epoch" "$my_ordinal" "$my_attempt" "$my_run" "$me" "$1"
  recorded
}

# Without a fence only the guard keeps it down.
rehearse_another_named() {
  now_named another
  ask_guard 1 'another may, not it'
  for launcher in $launchers; do
    launch "$launcher"
    if [ "$state" != STOPPED ]; then
      show GUARDED_LAUNCHER NOT_REHEARSED "$launcher asks no guard about the server that it starts here"
    elif guard_refused; then
      guarded="$guarded $launcher"
      show GUARDED_LAUNCHER SHOWN "$launcher asks the guard, which refuses a server if another one may write"
    else
      show GUARDED_LAUNCHER FAILED "$launcher does not start, and not for the guard: $said"
    fi
    end_scratch
  done
}

# The control: what was refused so far starts once nothing is against it.
rehearse_named() {
  now_named "$me"
  ask_guard 0 ''
  say_guard GUARD "the guard refuses a fenced server and a server that is not named, and no other"
  for launcher in $launchers; do
    launch "$launcher"
    read_control
    controlled 'Database cluster state'
    if [ "$state" = RUNNING ] && [ "$value" = 'in production' ]; then
      show CONTROL SHOWN "by $launcher the same instance starts when nothing is against it"
    elif guard_refused; then
      show CONTROL FAILED "$launcher starts nothing here: it asks the guard of another directory than it starts: $said"
    else
      show CONTROL FAILED "$launcher does not start it though nothing is against it, and it is $state: $said"
    fi
    end_scratch
  done
}

# As its host is after a reboot: a guard that is asked so starts no instance that was named before that. Whether it is
# asked so is for the person to say who put it before a launcher.
rehearse_another_boot() {
  guard_wrong=''
  now_named "$me"
  ask_guard 0 '' --this-boot
  named_in_another_boot
  ask_guard 1 'names it since before this host started' --this-boot
  asked_so=''
  for launcher in $guarded; do
    launch "$launcher"
    if [ "$state" = STOPPED ] && guard_refused; then
      asked_so="$asked_so; $launcher asks it so"
    else
      asked_so="$asked_so; $launcher does not ask it so" not_asked_so="$not_asked_so $launcher"
    fi
    end_scratch
  done
  say_guard BOOT "with --this-boot the guard refuses a server that was named before this host's last start, and no other$asked_so"
}

named_in_another_boot() {
  put "$authority" "$(sed 's/^writer_boot=.*/writer_boot=another/' "$authority")
" ||
    refuse HOST_REFUSED "$authority can't be written"
}

ask_guard() { # the status it must end with, words it must say, option
  [ -x "$guard" ] || guard=$(command -v mooring-guard) || return 0
  answer=$(bounded "$guard" ${3:+"$3"} "$data" "$scratch/$my_content.authority" "$me" 2>&1 8>&-)
  status=$?
  case $status/$answer in
    "$1"/*"$2"*) ;;
    *) guard_wrong="$guard_wrong the guard ends with $status, not with $1 and '$2': $answer" ;;
  esac
}

say_guard() { # proof, words where it is right
  if [ -z "$guard" ]; then
    show "$1" NOT_REHEARSED "the guard, which is not on this host"
  elif [ -n "$guard_wrong" ]; then
    show "$1" FAILED "$guard_wrong"
  else
    show "$1" SHOWN "$2"
  fi
}

# The gate that the instance restores by, if it has one, before an archive that has more than it may serve.
rehearse_gate() {
  gate=$(sed -n "s|^restore_command *=.*[' \"]\(/[^' \"]*/bin/mooring-restore-[0-9a-f]*\).*|\1|p" \
    "$stands_for/postgresql.auto.conf" 2>/dev/null | tail -n 1)
  [ -n "$gate" ] || return 0
  archive=$scratch/archive
  last=000000010000000000000005 beyond=000000010000000000000006
  mkdir "$archive" && printf 'sixteen bytes...' >"$archive/$last" && cp "$archive/$last" "$archive/$beyond" &&
    printf '1\t0/5000000\tx\n' >"$archive/00000002.history" && printf '%s\n' point=rehearsal timeline=00000001 \
    "last=$last" bytes=16 "archive=$archive" "command=cp '$archive/%f' \"%p\"" >"$scratch/gate" ||
    refuse HOST_REFUSED "$scratch can't be written"
  gate_wrong=''
  through_gate 0 "$last" ''
  through_gate 1 "$beyond" ''
  through_gate 200 00000002.history ends=refused
  if [ -z "$gate_wrong" ]; then
    show GATE SHOWN "the restore gate serves what lies before its target and nothing beyond it"
  else
    show GATE FAILED "$gate_wrong"
  fi
}

through_gate() { # the status it must end with, file, last word of the command
  rm -f "$scratch/got"
  answer=$(bounded "$gate" "$scratch/gate" "$2" "$scratch/got" '' ${3:+"$3"} 2>&1 8>&-)
  status=$?
  got=yes
  [ -e "$scratch/got" ] || got=no
  case $status/$got in
    0/yes | 1/no | 200/no) [ "$status" != "$1" ] || return 0 ;;
  esac
  gate_wrong="$gate_wrong the restore gate ends with $status, not with $1, for $2 (served: $got): $answer"
}
