# Clients of PgBouncer held, and let go by a process on its host also if the caller is lost.
#
# The marker of a pause is its holder's: line 1 its pid, line 2 the second of the machine's uptime at which it
# lets clients go, line 3 the run. A holder whose marker names another, or is gone, has nothing to let go.

# The newest psql that is no wrapper: Debian's own in /usr/bin takes twice as long.
find_psql() {
  psql=''
  for program in /usr/local/pgsql*/bin/psql /opt/postgresql*/bin/psql /usr/pgsql-*/bin/psql \
    /usr/lib/postgresql/*/bin/psql; do
    [ ! -x "$program" ] || psql=$program
  done
  [ -n "$psql" ] || psql=$(command -v psql) ||
    refuse HOST_PROGRAM_MISSING "no psql on the PATH or where packages put it: PgBouncer's console needs it"
}

# Where the console is. The password goes by the environment, which shows to this account and root only.
of_console() { # address or socket directory, port, user, password, database
  as_client
  PGHOST=$1 PGPORT=$2 PGUSER=$3 PGPASSWORD=$4 PGDATABASE=pgbouncer MOORING_POOL=$5
  PGCONNECT_TIMEOUT=3 PGAPPNAME=mooring PGGSSENCMODE=disable
  export PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE MOORING_POOL PGCONNECT_TIMEOUT PGAPPNAME PGGSSENCMODE
}

console() { # psql's arguments
  timeout 5 "$psql" -X -w -q -A -F '|' -P footer=off "$@"
}

# Says what went wrong with the console, by what psql said of it.
console_failed() { # status, what was asked
  words=$(tr '\n' ' ' <"$work/$subject.said")
  case $words in
    *authentication*failed* | *"no password supplied"* | *"not allowed"* | *"no such user"* | *"SASL"*)
      refuse AUTHENTICATION_REFUSED "PgBouncer at $PGHOST port $PGPORT refuses user $PGUSER: $words" ;;
    *"onnection refused"* | *"No such file"*)
      refuse DATABASE_UNREACHABLE "PgBouncer at $PGHOST port $PGPORT does not listen: $words" ;;
  esac
  [ "$1" -eq 1 ] || [ "$1" -eq 3 ] ||
    refuse DATABASE_UNREACHABLE "PgBouncer at $PGHOST port $PGPORT gave no answer to $2: $words"
  refuse DATABASE_REFUSED "PgBouncer answers $2: $words"
}

# A column of the row of a console's answer whose first field is a name.
column() { # file, name, column
  ROW=$2 COLUMN=$3 awk -F '|' '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == ENVIRON["COLUMN"]) at = i; next }
    $1 == ENVIRON["ROW"] { print at ? $at : ""; exit }' "$1"
}

# Reads what PgBouncer says of the database.
ask_pool() {
  console -c 'SHOW DATABASES' >"$work/$subject.pools" 2>"$work/$subject.said"
}

# Sets what PgBouncer said of the database, by the names of the columns; clients are held meanwhile, so no program does.
read_pool() {
  pool_paused='' pool_disabled='' pool_host='' pool_port='' names='' row=''
  while IFS= read -r line; do
    if [ -z "$names" ]; then
      names=$line'|'
    elif [ "${line%%|*}" = "$MOORING_POOL" ]; then
      row=$line'|'
      break
    fi
  done <"$work/$subject.pools"
  while [ -n "$names" ] && [ -n "$row" ]; do
    case ${names%%|*} in
      paused) pool_paused=${row%%|*} ;;
      disabled) pool_disabled=${row%%|*} ;;
      host) pool_host=${row%%|*} ;;
      port) pool_port=${row%%|*} ;;
    esac
    names=${names#*|} row=${row#*|}
  done
  case $pool_paused in
    0 | 1) ;;
    *) return 1 ;;
  esac
}

see_pool() {
  ask_pool || console_failed $? 'SHOW DATABASES'
  read_pool ||
    refuse STATE_UNREADABLE "PgBouncer at $PGHOST port $PGPORT has no database '$MOORING_POOL' among SHOW DATABASES"
}

# True while the marker's holder lives: a process that was begun with this very marker. What else it was begun
# with is the way to the console.
holder_lives() { # marker
  { read -r holder && read -r holder_end && read -r holder_run; } 2>/dev/null <"$1" || return 1
  case $holder$holder_end in
    '' | *[!0-9]*) return 1 ;;
  esac
  began_with=$(tr '\0' '\n' 2>/dev/null <"/proc/$holder/environ") || return 1
  case "
$began_with
" in
    *"
MOORING_MARKER=$1
"*) ;;
    *) return 1 ;;
  esac
}

# Takes the holder's own way to the console.
as_holder() {
  while IFS= read -r variable; do
    case $variable in
      PGHOST=*) PGHOST=${variable#*=} ;;
      PGPORT=*) PGPORT=${variable#*=} ;;
      PGUSER=*) PGUSER=${variable#*=} ;;
      PGPASSWORD=*) PGPASSWORD=${variable#*=} ;;
      MOORING_POOL=*) MOORING_POOL=${variable#*=} ;;
    esac
  done <<BEGAN_WITH
$began_with
BEGAN_WITH
  of_console "$PGHOST" "$PGPORT" "$PGUSER" "$PGPASSWORD" "$MOORING_POOL"
}

# True while a pause stands: its holder lives and lets no client go for so many seconds more, and PgBouncer still says
# that it is paused: one that was restarted has forgotten it.
pause_stands() { # marker, seconds
  [ -f "$1" ] && holder_lives "$1" || return 1
  hundredths
  [ $((now / 100 + $2)) -le "$holder_end" ] || return 1
  (
    find_psql
    as_holder
    ask_pool && read_pool && [ "$pool_paused" = 1 ]
  )
}

# Refuses unless the pause stands; what a caller elsewhere sees of it.
require_pause() { # marker, seconds
  pause_stands "$1" "$2" || refuse PAUSE_OVER "the pause of PgBouncer at $1 does not last $2 s more"
}
