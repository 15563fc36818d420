# A rewind, detached from the process that began it. pg_rewind would recover a crashed server too, but changes its data
# without a pause then. Until the file `changing` is there, nothing was changed but by that recovery: what can't be
# rewound for a reason that a person can remove is as good as before.
# Arguments: directory of the job, program directory, data directory, yes if its server crashed, arguments of pg_rewind.
job=$1 bin=$2 data=$3 crashed=$4
shift 4
if [ "$crashed" = yes ]; then
  "$bin/postgres" --single -D "$data" -c "config_file=$job/rewind.conf" template1 </dev/null >/dev/null || exit 1
fi
tried=$("$bin/pg_rewind" --dry-run "$@" 2>&1)
status=$?
case $tried in *'no rewind required'*) status=1 ;; esac
if [ "$status" -ne 0 ]; then
  printf '%s\n' "$tried"
  exit 1
fi
: >"$job/changing" && sync "$job/changing" "$job" || exit 1
exec "$bin/pg_rewind" "$@"
