# The power of another host, by commands of the cluster file. What one knows of it is the exit status of the check.

# Sets state to off, on or unknown.
check_power() { # check
  timeout -k 1 10 sh -c "$1" >"$work/$subject.check" 2>&1 </dev/null 3>&- 4>&- 9>&-
  checked=$?
  case $checked in
    0) state=off ;;
    1) state=on ;;
    *) state=unknown ;;
  esac
}

printed() { # file
  head -c 300 "$1" | tr '\n' ' '
}

# Ends once the check says off, or is refused; one that is off already is left alone.
power_off() { # seconds, check, command
  check_power "$2"
  was_off=no
  [ "$state" != off ] || was_off=yes
  if [ "$was_off" = no ]; then
    ends_in "$1"
    timeout -k 1 "$1" sh -c "$3" >"$work/$subject.command" 2>&1 </dev/null 3>&- 4>&- 9>&-
    ended=$?
    check_power "$2"
    while [ "$state" != off ] && in_time; do
      sleep 0.2
      check_power "$2"
    done
  fi
  command="the command ended with exit status ${ended-} (124: after $1 s): $(printed "$work/$subject.command" 2>/dev/null)"
  case $state in
    on) refuse HOST_REFUSED "the check still says on after $1 s: $(printed "$work/$subject.check"); $command" ;;
    unknown) refuse OUTCOME_UNKNOWN "whether it is off is not known, the check ended with exit status $checked (0: off, 1: on): $(printed "$work/$subject.check"); $command" ;;
  esac
  report was_off "$was_off"
  report said "$(printed "$work/$subject.check")"
}

observe_power() { # check
  check_power "$1"
  report power "$state"
  report said "exit status $checked: $(printed "$work/$subject.check")"
}
