#!/bin/sh
# PostgreSQL's server program behind what a Greenplum's demands and says: it is told its role, knows its dbid and
# content from its configuration, takes log_directory and ignores it, and writes its log as CSV of its own form,
# whatever the settings say, unless it is started without its collector.
real=@programs@/postgres
# pg_ctl compares it with its own
[ "${1-}" != -V ] || exec "$real" -V
# shellcheck source=surroundings.sh
. "${0%/*}/../libexec/surroundings.sh"
if [ "${1-}" = --version ]; then
  "$real" -V | sed 's/(PostgreSQL)/(Greenplum Database)/'
  exit
fi

data=${PGDATA-} role='' asked='' collects=yes
left=$#
while [ "$left" -gt 0 ]; do
  left=$((left - 1))
  case $1:${2-} in
    -c:gp_role=*)
      role=${2#*=} left=$((left - 1))
      shift 2
      continue
      ;;
    -c:log_directory=*)
      left=$((left - 1))
      shift 2
      continue
      ;;
    -c:logging_collector=off) collects=no ;;
    -D:*) data=$2 ;;
    -C:*) asked=$2 ;;
  esac
  word=$1
  shift
  set -- "$@" "$word"
done

# of a setting that stands there twice the last counts; no program is started, as the real one starts none
dbid='' content=''
while IFS=' =' read -r setting value; do
  value=${value#\'} value=${value%\'}
  case $setting:${value#-} in
    *:*[!0-9]* | *:) ;;
    gp_dbid:*) dbid=$value ;;
    gp_contentid:*) content=$value ;;
  esac
done <"$data/internal.auto.conf"
if [ -z "$dbid" ] || [ -z "$content" ]; then
  echo "postgres: FATAL:  configuration file \"$data/internal.auto.conf\" tells no gp_dbid and gp_contentid" >&2
  exit 1
fi
case $asked in
  gp_dbid) echo "$dbid" && exit ;;
  gp_contentid) echo "$content" && exit ;;
  gp_role) echo "${role:-utility}" && exit ;;
  ?*) exec "$real" "$@" ;;
esac
case $role in
  dispatch | utility | execute) ;;
  *)
    echo "postgres: FATAL:  gp_role must be dispatch, utility or execute, got '$role'" >&2
    exit 1
    ;;
esac
if [ "$content" != -1 ] && [ "$role" = dispatch ]; then
  echo 'postgres: FATAL:  a segment can not run with gp_role dispatch' >&2
  exit 1
fi

[ "$collects" = yes ] || exec "$real" "$@"
logs=$data/log
cd "$data" || exit 1
mkdir -p "$logs"
pipe=$logs/.collector.$$
mkfifo "$pipe" || exit 1
seg=seg$content
echo "$(date -u '+%Y-%m-%d %H:%M:%S.%6N UTC'),,,p$$,th-1,,,,0,,,$seg,,,,,\"LOG\",\"00000\",\"redirecting log output to logging collector process\",,\"Future log output will appear in directory \"\"$logs\"\".\",,,,,0,,\"syslogger.c\",618," >&2
"${0%/*}/../libexec/collector/postgres" "${0%/*}/../libexec/collector.pl" "$logs" "$seg" \
  <"$pipe" >/dev/null 2>&1 &
exec 8>"$pipe"
rm -f "$pipe"
exec "$real" "$@" -c logging_collector=off -c log_destination=stderr -c 'log_line_prefix=%m [%p] ' 2>&8 8>&-
