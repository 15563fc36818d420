# Waiting on the host until every instance is down, or paused if it is to be read there; a look every
# few milliseconds costs no round trip.
watched=0

watch() { # instance, data directory, log of the start, gate's status file, action at the target
  watched=$((watched + 1))
  eval "name_$watched=\$1 log_$watched=\$3 gate_$watched=\$4 up_$watched=yes replaying_$watched='' waiting_$watched=''"
  watched_data=$(readlink -f "$2")
  eval "data_$watched=\$watched_data pid_of_$watched='' action_$watched=\$5"
}

# Sets without to the numbers of the instances that are up by the last reading and have no postmaster that we know
# alive. One reading of all processes of the host then serves these: it is taken after each was missed.
look_for_postmasters() {
  without=' '
  number=0
  while [ "$number" -lt "$watched" ]; do
    number=$((number + 1))
    eval "up=\$up_$number pid_of=\$pid_of_$number"
    [ "$up" = yes ] || continue
    [ -n "$pid_of" ] && alive "$pid_of" || without="$without$number "
  done
  [ "$without" = ' ' ] || share_look
}

# Sets up to paused if the start was made for that, and reports it.
look_at_running() {
  if [ "$action" = pause ] && paused_in "$log"; then
    up=paused
    on_the_way "$name" paused
  fi
}

# Sets up to no once nothing runs there any more, and reports it at once with the end of this start's log;
# a line on the way holds no line break, so record separators stand for them.
look() {
  process_state "$data"
  pid_of=$pid
  [ "$state" = STOPPED ] || return 0
  up=no
  on_the_way "$name" "down $(start_log "$log" 16384 | tr '\n' '\036')"
}

# What the startup process is at, by its title, and what its gate last could not give it.
position() {
  startup "$pid_of"
  replaying=${file:-$replaying}
  waiting=''
  [ ! -e "$gate" ] || { read -r waiting <"$gate"; } 2>/dev/null
  on_the_way "$name" "at $replaying $waiting"
}

# One reading of all; sets left to how many are up.
look_at_all() { # say where they are: yes or no
  look_for_postmasters
  left=0
  number=0
  while [ "$number" -lt "$watched" ]; do
    number=$((number + 1))
    eval "up=\$up_$number"
    [ "$up" = yes ] || continue
    eval "name=\$name_$number data=\$data_$number log=\$log_$number gate=\$gate_$number"
    eval "pid_of=\$pid_of_$number action=\$action_$number"
    eval "replaying=\$replaying_$number waiting=\$waiting_$number"
    case $without in
      *" $number "*) look ;;
      *) look_at_running ;;
    esac
    [ "$up" != yes ] || left=$((left + 1))
    [ "$up$1" != yesyes ] || position
    eval "up_$number=\$up pid_of_$number=\$pid_of replaying_$number=\$replaying waiting_$number=\$waiting"
  done
}

await() { # seconds
  ends_in "$1"
  ticks=0
  look_at_all no
  while [ "$left" -gt 0 ]; do
    sleep 0.02
    ticks=$((ticks + 1))
    if [ $((ticks % 30)) -ne 0 ]; then
      look_at_all no
    else
      look_at_all yes
      in_time || break
    fi
  done
  [ "$left" -eq 0 ] || look_at_all yes
  number=0
  while [ "$number" -lt "$watched" ]; do
    number=$((number + 1))
    eval "subject=\$name_$number log=\$log_$number up=\$up_$number"
    eval "replaying=\$replaying_$number waiting=\$waiting_$number"
    report running "$up"
    report replaying "$replaying"
    report waiting "$waiting"
    if [ "$up" = no ] || [ ! -e "$log" ]; then
      say_start_log "$log"
    fi
    report exit 0
  done
}
