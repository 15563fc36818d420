# A copy, detached from the process that began it. It holds the lock on file descriptor 7 that it was given until
# its last process has ended. Arguments: its directory, its limit in seconds, program, arguments.
job=$1
seconds=$2
shift 2
LC_ALL=C
export LC_ALL
if [ -e "$job/passwords" ]; then
  PGPASSFILE=$job/passwords
  export PGPASSFILE
fi
PGCONNECT_TIMEOUT=10
export PGCONNECT_TIMEOUT
read -r since _ </proc/uptime
timeout -k 10 "$seconds" "$@" >"$job/log" 2>&1 </dev/null &
child=$!
printf '%s' "$child" >"$job/pid.new" && mv -fT "$job/pid.new" "$job/pid"
wait "$child"
status=$?
# its limit ends it by TERM and KILL; another process may kill it before that
read -r now _ </proc/uptime
case $status in
  124 | 137 | 143) [ $((${now%.*} - ${since%.*})) -ge "$seconds" ] || status=killed ;;
esac
rm -f "$job/passwords"
printf '%s' "$status" >"$job/exit.new" && sync "$job/exit.new" && mv -fT "$job/exit.new" "$job/exit" && sync "$job"
