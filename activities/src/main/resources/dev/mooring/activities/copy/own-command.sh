# An administrator's own command of the cluster file. The lock of the host is not its own: what it leaves running holds
# none.

run_own_command() { # setting, seconds, command
  timeout -k 5 "$2" sh -c "$3" >"$work/$subject.printed" 2>"$work/$subject.said" </dev/null 3>&- 4>&- 9>&-
  status=$?
  [ "$status" -eq 0 ] ||
    refuse HOST_REFUSED "$1 ended with exit status $status (124: after $2 s): $(head -c 300 "$work/$subject.said" | tr '\n' ' ')"
  report printed "$(head -c 300 "$work/$subject.printed")"
}
