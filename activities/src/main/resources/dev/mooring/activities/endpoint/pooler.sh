# PgBouncer by its console and its configuration file.

# The console's answers about the database and of itself, and how many processes listen at its port.
observe_pooler() { # databases file
  find_psql
  see_pool
  report leads_to "$pool_host:$pool_port"
  if [ "$pool_paused" = 1 ]; then
    report paused yes
  else
    report paused no
  fi
  console -c 'SHOW CONFIG' >"$work/$subject.config" 2>"$work/$subject.said" || console_failed $? 'SHOW CONFIG'
  mode=$(column "$work/$subject.pools" "$MOORING_POOL" pool_mode)
  own=$(pooled_otherwise) || console_failed $? 'SHOW POOLS'
  report pool_mode "${own:-${mode:-$(column "$work/$subject.config" pool_mode value)}}"
  report query_wait_timeout "$(column "$work/$subject.config" query_wait_timeout value)"
  report so_reuseport "$(column "$work/$subject.config" so_reuseport value)"
  report processes "$(listening "$(column "$work/$subject.config" listen_port value)")"
  report file "$(file_says "$1")$(unless_replaceable "$1")"
  report others "$(others_there)"
}

# Names the other databases that lead to the same server, one a line: those that PgBouncer has, and those of the file,
# which alone has "*". A host whose address is not found in time may be that server.
others_there() {
  ends_in 1
  there=$(addresses_of "$pool_host")
  awk -F '|' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $1 != "pgbouncer" && $1 != ENVIRON["MOORING_POOL"] { print $1 "|" $at["host"] "|" $at["port"] }' \
    "$work/$subject.pools" | cat - "$work/$subject.was.others" 2>/dev/null | sort -u |
    while IFS='|' read -r name to port; do
      case $port:$to in
        unreadable:*) echo "$name (can't be read)" ;;
        "$pool_port:$pool_host") echo "$name" ;;
        "$pool_port":*)
          found=$(addresses_of "$to")
          if printf '%s\n' "$found" | grep -qxF -e "$there"; then
            echo "$name"
          elif unknown=$(printf '%s\n%s\n' "$found" "$there" | grep -m 1 '^no address'); then
            echo "$name ($unknown)"
          fi
          ;;
      esac
    done | sort -u
}

# The addresses of a database's hosts, one a line, or that one has none in time. A socket and the loopback address are
# this host's.
addresses_of() { # hosts, divided by commas
  printf '%s\n' "$1" | tr ',' '\n' | while read -r one; do
    case $one in
      '' | /* | localhost | 127.0.0.1 | ::1) echo 127.0.0.1 && hostname -I | tr ' ' '\n' | grep . ;;
      *)
        its=''
        ! in_time || its=$(timeout 0.5 getent ahosts "$one" | cut -d ' ' -f 1)
        printf '%s\n' "${its:-no address of $one}"
        ;;
    esac
  done
}

# How users of the database are pooled that do not pool transactions or statements: a user's own mode goes before the
# database's.
pooled_otherwise() {
  console -c 'SHOW POOLS' >"$work/$subject.users" 2>"$work/$subject.said" || return
  POOL=$MOORING_POOL awk -F '|' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["database"] == ENVIRON["POOL"] && $at["pool_mode"] !~ /^(transaction|statement)$/ {
      printf "%s%s of user %s", (count++ ? ", " : ""), $at["pool_mode"], $at["user"]
    }' "$work/$subject.users"
}

# How many sockets listen at the same address and port: processes that share a port have one each.
listening() { # port
  at=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v "at=:$at" '
    $4 == "0A" && substr($2, length($2) - 4) == at && ++count[$2] > most { most = count[$2] }
    END { print most ? most : 1 }'
}

# Reads the databases file: prints it with the database pointing elsewhere. Writes to a file beside its former target, its
# former line and the new one; and to one named after that the targets of other databases, also of files that it
# includes and of the file that PgBouncer was started with, and what of these could not be read. Lines, parameters and
# blanks that are not host and port stay as they are, to the byte. PgBouncer opens a relative path where it was started.
redirect() { # databases file, host, port, file for what it says now
  TO_HOST=$2 TO_PORT=$3 WAS=$4 STARTED_IN=$(started_in) STARTED_WITH=$(started_with) awk '
    function value(text) {
      if (text !~ /^\047/) return text
      text = substr(text, 2, length(text) - 2)
      gsub(/\047\047/, "\047", text)
      return text
    }
    function led(key, to, token, after) {
      match(token, /=[ \t]*/)
      after = substr(token, RSTART + RLENGTH)
      was[key] = value(after)
      return substr(token, 1, RSTART + RLENGTH - 1) to
    }
    function redirected(rest, out, token, key) {
      out = ""
      while (match(rest, /^[ \t]*[A-Za-z_]+[ \t]*=[ \t]*(\047([^\047]|\047\047)*\047|[^ \t\047\r]*)/)) {
        token = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        key = token
        sub(/^[ \t]*/, "", key)
        sub(/[ \t]*=.*/, "", key)
        if (key == "host") token = led(key, ENVIRON["TO_HOST"], token)
        if (key == "port") token = led(key, ENVIRON["TO_PORT"], token)
        out = out token
      }
      if (rest !~ /^[ \t\r]*$/) { unreadable = 1; return out rest }
      if (!("host" in was)) out = out " host=" ENVIRON["TO_HOST"]
      if (!("port" in was)) out = out " port=" ENVIRON["TO_PORT"]
      return out rest
    }
    function database(line, own, name, head, port) {
      name = head = substr(line, 1, RLENGTH)
      sub(/[ \t]*=$/, "", name)
      sub(/^[ \t]*/, "", name)
      gsub(/"/, "", name)
      if (again && name in seen && name != "*") return line
      seen[name]
      split("", was)
      unreadable = 0
      head = head redirected(substr(line, length(head) + 1))
      port = was["port"] == "" ? 5432 : was["port"]
      if (!own || name != ENVIRON["MOORING_POOL"]) {
        print name "|" was["host"] "|" (unreadable ? "unreadable" : port) >others
        return line
      }
      found++
      bad += unreadable
      says = was["host"] ":" port "\n" line "\n" head
      return head
    }
    function at(path) { return path ~ /^\// ? path : ENVIRON["STARTED_IN"] "/" path }
    function show(file, depth, inside, line, read, its) {
      while ((read = (getline line <file)) > 0) {
        if (line ~ /^[ \t]*%include[ \t]/) {
          its = line
          sub(/^[ \t]*%include[ \t]+/, "", its)
          sub(/[ \t\r]*$/, "", its)
          if (depth > 9 || !show(at(its), depth + 1, inside))
            print "%include " its "||unreadable" >others
        }
        if (line ~ /^[ \t]*\[/) inside = line ~ /^[ \t]*\[[ \t]*databases[ \t]*\]/
        if (inside && match(line, /^[ \t]*("[^"]*"|[^ \t=;#"%\[]+)[ \t]*=/)) line = database(line, !depth)
        if (!depth) print line
      }
      return !read
    }
    BEGIN {
      others = ENVIRON["WAS"] ".others"
      printf "" >others
      if (!show(ARGV[1])) bad++
      again = ENVIRON["STARTED_WITH"]
      if (again && !show(at(again), 1)) print again "||unreadable" >others
      print says >ENVIRON["WAS"]
      exit bad ? 4 : found == 1 ? 0 : found ? 3 : 2
    }' "$1"
}

# Says where PgBouncer was started, if that can be read.
started_in() {
  { readlink "/proc/$(cat "$(column "$work/$subject.config" pidfile value)")/cwd" || echo /dev/null; } 2>/dev/null
}

started_with() {
  column "$work/$subject.config" conffile value 2>/dev/null
}

# Where the file points the database, or why that can't be read.
file_says() { # databases file
  [ -r "$1" ] || { echo "can't be read" && return; }
  redirect "$1" nowhere 1 "$work/$subject.was" >"$work/$subject.redirected"
  redirect_said $? "$(sed 1q "$work/$subject.was" 2>/dev/null)"
}

# Says that a run could not put another file in its place, with the owner and group that it has.
unless_replaceable() { # databases file
  conf=$(readlink -f "$1")
  [ ! -r "${conf%/*}/" ] || [ ! -w "${conf%/*}/" ] || {
    [ "$(id -u)" = 0 ] && return
    [ "$(stat -c %u "$conf")" = "$(id -u)" ] && id -G | grep -qw -e "$(stat -c %g "$conf")" && return
  } 2>/dev/null
  echo "; can't be replaced by $(id -un)"
}

redirect_said() { # status, what it says
  case $1 in
    0) echo "$2" ;;
    2) echo "no line of $MOORING_POOL in a section [databases]" ;;
    3) echo "several lines of $MOORING_POOL in its sections [databases]" ;;
    *) echo "the line of $MOORING_POOL can't be read" ;;
  esac
}

# Keeps every other writer of the file away until this script has ended: several endpoints may have one file, each with
# a lock of its own. Its directory is locked, since a replaced file is another one. What a run changes in the file is
# kept for all its endpoints together, each former line and then the new one: the first undo puts all of them back, so
# that no reload meanwhile reads one endpoint's line with the change of another.
lock_file() { # databases file, run
  conf=$(readlink -f "$1") && [ -f "$conf" ] && [ -r "$conf" ] && [ -r "${conf%/*}/" ] ||
    refuse HOST_REFUSED "$1 or its directory can't be read"
  exec 8<"${conf%/*}/"
  flock -w 10 8 || refuse OUTCOME_UNKNOWN "another act still writes $conf after 10 s"
  kept=${cluster_dir%/*/*}/.file-$(printf '%s' "$conf" | cksum | tr ' ' -)
  lines=$kept/lines-$2
}

# Points the file at a host and port. The lines that it changes are kept before.
ensure_prepared() { # databases file, host, port, run
  find_psql
  lock_file "$1" "$4"
  see_pool
  redirect "$conf" "$2" "$3" "$work/$subject.was" >"$work/$subject.redirected" ||
    refuse STATE_UNREADABLE "$1: $(redirect_said $? '')"
  read -r says <"$work/$subject.was"
  [ "$says" != "$2:$3" ] || return 0
  [ "$says" = "$pool_host:$pool_port" ] ||
    refuse STATE_UNREADABLE "$1 points $MOORING_POOL at $says, PgBouncer at $pool_host:$pool_port: PgBouncer reads another file, or has not reloaded it"
  mkdir -p "$kept" && forget_old_files &&
    { cat "$lines" 2>/dev/null; sed 1d "$work/$subject.was"; } >"$lines.new" && sync "$lines.new" &&
    mv -fT "$lines.new" "$lines" && sync "$kept" || refuse NO_ROOM "lines of $1 can't be kept aside in $kept"
  replace "$work/$subject.redirected"
}

# Puts a text in the place of the configuration file, whole, with the mode and owner that it has.
replace() { # file with the text
  cp -p "$conf" "$conf.mooring" 2>"$work/$subject.said" ||
    refuse HOST_REFUSED "${conf%/*} can't be written by $(id -un): $(cat "$work/$subject.said")"
  if [ "$(stat -c '%u %g %a' "$conf.mooring")" != "$(stat -c '%u %g %a' "$conf")" ]; then
    rm -f "$conf.mooring"
    refuse HOST_REFUSED "$conf would not keep its owner, $(stat -c %U:%G "$conf"), when $(id -un) replaces it"
  fi
  cat "$1" >"$conf.mooring" && sync "$conf.mooring" && mv -fT "$conf.mooring" "$conf" && sync "${conf%/*}" ||
    refuse HOST_REFUSED "$conf can't be replaced"
}

forget_old_files() {
  ls -1dt "$kept"/lines-* 2>/dev/null | tail -n +11 | while IFS= read -r old; do
    rm -f "$old"
  done
}

# Puts back the lines that this run changed, and lets PgBouncer read the file: it may have been reloaded meanwhile. What
# others changed stays; a line that is neither as this run left it nor as it was is theirs too.
revert_prepared() { # databases file, run
  lock_file "$1" "$2"
  [ -f "$lines" ] || return 0
  awk '
    NR == FNR { if (NR % 2) former = $0; else was[$0] = former in was ? was[former] : former; next }
    { if ($0 in was) $0 = was[$0]; there[$0]; print }
    END { for (line in was) if (!(was[line] in there)) exit 1 }' "$lines" "$conf" >"$work/$subject.reverted" ||
    refuse HOST_REFUSED "a line of $1 that this run wrote was changed since, and not by Mooring; what it was is in $lines"
  cmp -s "$work/$subject.reverted" "$conf" || replace "$work/$subject.reverted"
  find_psql
  console -c RELOAD >/dev/null 2>"$work/$subject.said" || gone || console_failed $? RELOAD
}

# True if no process listens: a PgBouncer that is gone holds no client and reads its file when it begins.
gone() {
  status=$?
  grep -qE 'onnection refused|No such file' "$work/$subject.said" || return "$status"
}

holder_text='
trap "" HUP
marker=$1 psql=$3
read -r now _ </proc/uptime
end=$((${now%%.*} + $2))
printf "%s\n%s\n%s\n" "$$" "$end" "$4" >"$marker.$$" && mv -fT "$marker.$$" "$marker" || exit 1
ours() {
  { read -r holder <"$marker"; } 2>/dev/null && [ "$holder" = "$$" ]
}
let_go() {
  if [ -f "${marker%/*}/cut" ]; then
    timeout 5 "$psql" -X -w -q -c "ENABLE \"$MOORING_POOL\"" && rm -f "${marker%/*}/cut" || return 1
  fi
  timeout 5 "$psql" -X -w -q -c "RESUME \"$MOORING_POOL\""
  timeout 5 "$psql" -X -w -q -A -F "|" -P footer=off -c "SHOW DATABASES" | awk -F "|" "
    NR == 1 { for (i = 1; i <= NF; i++) if (\$i == \"paused\") at = i; next }
    \$1 == ENVIRON[\"MOORING_POOL\"] { seen = \$at }
    END { exit seen == \"0\" ? 0 : 1 }"
}
until read -r now _ </proc/uptime && [ "${now%%.*}" -ge "$end" ]; do
  ours || exit 0
  sleep 0.5
done
tries=0
while ours && [ "$tries" -lt 3600 ]; do
  ! let_go || { rm -f "$marker"; exit 0; }
  tries=$((tries + 1))
  sleep 1
done'

# Begins a holder in a session of its own, which no end of another takes with it, before any client is held. It takes
# the marker over from an earlier one, which then has nothing to let go.
begin_holder() { # marker, seconds, run
  former=${holder-}
  MOORING_MARKER=$1 setsid sh -c "$holder_text" holder "$1" "$2" "$psql" "$3" \
    </dev/null >/dev/null 2>&1 3>&- 4>&- 9>&- &
  tries=0
  until holder_lives "$1" && [ "$holder" != "$former" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 500 ] || refuse HOST_REFUSED "could not start the process that ends the pause (marker $1)"
    sleep 0.01
  done
}

# The clients in a transaction, which a pause waits for.
in_transaction() {
  console -c 'SHOW CLIENTS' 2>/dev/null | POOL=$MOORING_POOL awk -F '|' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["database"] == ENVIRON["POOL"] && $at["link"] != "" && count++ < 5 {
      printf "%s%s from %s:%s (%s) since %s", (count > 1 ? ", " : ""), $at["user"], $at["addr"], $at["port"],
        $at["application_name"], $at["request_time"]
    }'
}

# Sets left to the seconds until a pause is to end. Its first attempt said when, with any result: another one
# adds nothing to the outage. A machine that was started since has another uptime, and a PgBouncer that held no client.
left_of_pause() { # budget in seconds, run
  left=$1 first_run=''
  hundredths
  second=$((now / 100))
  { read -r first_end && read -r first_run; } 2>/dev/null <"$cluster_dir/first-end"
  if [ "$first_run" = "$2" ] && [ "$first_end" -le $((second + $1)) ]; then
    left=$((first_end - second))
    [ "$left" -ge 2 ] ||
      refuse PAUSE_OVER "the outage budget of $1 s is over, and clients of $MOORING_POOL are let go"
  else
    printf '%s\n%s\n' "$((second + $1))" "$2" >"$cluster_dir/first-end" ||
      refuse NO_ROOM "$cluster_dir/first-end can't be written"
  fi
}

ensure_paused() { # seconds for transactions to end, budget in seconds, run
  find_psql
  marker=$cluster_dir/pause
  if ! pause_stands "$marker" 2 || [ "$holder_run" != "$3" ]; then
    see_pool
    [ "$pool_paused" = 0 ] || [ -f "$marker" ] || refuse DATABASE_REFUSED \
      "$MOORING_POOL is paused, and not by Mooring: the person who did it must RESUME it, or that pause would end with ours"
    left_of_pause "$2" "$3"
    begin_holder "$marker" "$left" "$3"
    timeout "$1" "$psql" -X -w -q -c "PAUSE \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.said"
    paused=$?
    [ "$paused" -eq 0 ] || pause_failed "$paused" "$1"
    see_pool
    [ "$pool_paused" = 1 ] || refuse OUTCOME_UNKNOWN "PgBouncer took PAUSE of $MOORING_POOL and is not paused"
  fi
  report marker "$marker"
}

# If it is not seen that clients were let go, the holder stays, and lets them go at its end.
pause_failed() { # status, seconds
  busy=$(in_transaction)
  said_of_pause=$(cat "$work/$subject.said")
  let_go_again
  printf '%s\n' "$said_of_pause" >"$work/$subject.said"
  [ "$1" -ne 124 ] || refuse BARRIER_NOT_REACHED "transactions at PgBouncer did not end in $2 s: ${busy:-no client is named}"
  console_failed "$1" PAUSE
}

let_go_again() {
  resume || :
  if ask_pool; then
    ! read_pool || [ "$pool_paused" != 0 ] || rm -f "$marker"
  elif gone; then
    rm -f "$marker"
  fi
}

resume() {
  console -c "RESUME \"$MOORING_POOL\"" >/dev/null 2>"$work/$subject.resumed"
}

# Lets clients go; the holder ends when its marker is gone, and only then may it be. A pause without a marker is
# not ours, and stays: ours stands before PAUSE is given, and goes once RESUME was seen.
revert_paused() {
  find_psql
  marker=$cluster_dir/pause
  if [ ! -f "$marker" ]; then
    rm -f "$cluster_dir/first-end"
    return 0
  fi
  if ask_pool; then
    read_pool || refuse STATE_UNREADABLE "PgBouncer has no database '$MOORING_POOL' among SHOW DATABASES"
    [ "$pool_paused" = 0 ] || resume
    see_pool
    [ "$pool_paused" = 0 ] || refuse OUTCOME_UNKNOWN "PgBouncer took RESUME of $MOORING_POOL and is still paused"
  else
    gone || console_failed $? 'SHOW DATABASES'
  fi
  rm -f "$marker" "$cluster_dir/first-end"
}

# Lets it read its file, and clients go only if that points at the new primary: in one session, since they wait. Where
# a connection failed while no server was there PgBouncer makes the next one after server_login_retry, 15 s as it is
# packaged, with any target by then (1.18): that is nothing until it is let go, and what its file says once it read
# that again. No other endpoint of the file reloads meanwhile.
ensure_pooler_routed() { # databases file, host, port, run
  find_psql
  lock_file "$1" "$4"
  shift
  pools=$work/$subject.pools
  printf '%s\n' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $1 == ENVIRON["MOORING_POOL"] { leads = $at["host"] == ENVIRON["TO_HOST"] && $at["port"] == ENVIRON["TO_PORT"] }
    END { print leads ? "on" : "off" }' >"$work/$subject.leads"
  export TO_HOST="$1" TO_PORT="$2"
  enable=''
  [ ! -f "$cluster_dir/cut" ] || enable="ENABLE \"$MOORING_POOL\";"
  printf '%s\n' 'RELOAD;' "\\o '$pools'" 'SHOW DATABASES;' '\o' "\\set leads \`awk -F '|' -f '$work/$subject.leads' '$pools'\`" \
    '\if :leads' "$enable" "SET server_login_retry = '0';" "RESUME \"$MOORING_POOL\";" '\endif' \
    "\\o '$pools'" 'SHOW DATABASES;' 'RELOAD;' |
    console -f - >/dev/null 2>"$work/$subject.said" || console_failed $? RELOAD
  read_pool || refuse STATE_UNREADABLE "PgBouncer has no database '$MOORING_POOL' among SHOW DATABASES"
  [ "$pool_host:$pool_port" = "$1:$2" ] ||
    refuse DATABASE_REFUSED "PgBouncer reloaded its file and points $MOORING_POOL at $pool_host:$pool_port, not at $1:$2: $(tr '\n' ' ' <"$work/$subject.said")"
  [ "$pool_paused" = 0 ] || refuse OUTCOME_UNKNOWN "PgBouncer took RESUME of $MOORING_POOL and is still paused"
  [ -z "$enable" ] || [ "$pool_disabled" = 0 ] || refuse OUTCOME_UNKNOWN "PgBouncer took ENABLE of $MOORING_POOL and admits no client"
  rm -f "$cluster_dir/cut" "$cluster_dir/pause"
}

# Both, if no outage was prepared for.
ensure_pooler_led() { # databases file, host, port, run
  ensure_prepared "$@"
  ensure_pooler_routed "$@"
}
