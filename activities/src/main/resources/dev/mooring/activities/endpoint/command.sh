# An endpoint that commands on a host point and read.

# Runs a command and says what it printed first.
run_command() { # seconds, command
  timeout "$1" sh -c "$2" >"$work/$subject.printed" 2>"$work/$subject.said" </dev/null 3>&- 4>&- 9>&-
  status=$?
  [ "$status" -eq 0 ] ||
    refuse HOST_REFUSED "the command ended with exit status $status (124: after $1 s): $(head -c 300 "$work/$subject.said" | tr '\n' ' ')"
  report printed "$(head -c 300 "$work/$subject.printed")"
}
