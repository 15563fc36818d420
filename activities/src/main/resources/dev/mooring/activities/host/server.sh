# The server of a data directory: its programs, its control file, its settings, its end.

# Lets psql and pg_rewind set for their sessions what Mooring sets for its own, as far as this version has it: a standby
# answers nothing in a serializable transaction, and before PostgreSQL 14 pg_rewind makes a temporary table. Sets major,
# of an empty directory to 0: then only what every version has is set.
settle_sessions() {
  { read -r major <"$data/PG_VERSION"; } 2>/dev/null || major=0
  PGOPTIONS=$(printf '%s\n' "$sessions" | awk -v "major=$major" '$1 <= major { $1 = "-c"; printf "%s ", $0 }')
  export PGOPTIONS
}

# Sets data and resolved to the data directory with its links resolved, named to the name that its manager starts it by,
# bin to the server programs.
of_instance() { # data directory, program directory
  named=$1
  data=$(cd -P -- "$1" 2>/dev/null && pwd -P) ||
    refuse STATE_UNREADABLE "data directory $1 is not there"
  resolved=$data
  refuse_shared
  bin=$2
  [ -x "$bin/pg_controldata" ] && [ -x "$bin/postgres" ] && [ -x "$bin/pg_ctl" ] ||
    refuse HOST_PROGRAM_MISSING "no pg_controldata, postgres and pg_ctl in $bin"
  [ -z "${gp_home-}" ] || as_greenplum
}

# What is done in the directory of one instance would be done to another that links lead there. Those of one script are
# compared, by their places.
refuse_shared() {
  [ -n "${work-}" ] || return 0
  printf '%s %s\n' "$subject" "$resolved" >>"$work/directories"
  while IFS=' ' read -r whose its_place; do
    [ "$whose" = "$subject" ] || [ "$its_place" != "$resolved" ] ||
      refuse TOPOLOGY_DIFFERS "data directory $named is by a link the directory of $whose too"
  done <"$work/directories"
}

# Prints what is mounted, by its place.
mounts() {
  printf '%b\n' "$(awk '{ print $5 }' /proc/self/mountinfo | sort -u)"
}

# True of a file system of its own, and of what is mounted from within one: neither can be renamed.
is_mount() { # directory, links resolved
  [ "$(stat -c %d "$1/")" != "$(stat -c %d "$1/..")" ] || mounts | grep -qxF -e "$1"
}

say_ownership() {
  report login "$(id -un)"
  report owner "$(stat -c %U "$data")"
  report mode "$(stat -c %a "$data")"
  frame mounts
  ! is_mount "$data" || printf '%s\n' "$named"
}

# Finds the configuration of a server. It is in its data directory, unless its last start named another file, or one
# in Debian's place names this directory (pg_ctlcluster starts it by that). Sets config to a file elsewhere, else to
# nothing; config_home to what -D must name, another directory if that alone points to the configuration; config_line
# to the command line of its last start; config_lost to why none is found, else to nothing; config_absence to NONE if
# there is none anywhere.
of_config() { # directory, the name that it is started under if it has another now
  config='' config_home=$1 config_lost='' config_absence=UNCLEAR config_line=''
  config_own=${2:-$1}
  { IFS= read -r config_line <"$1/postmaster.opts"; } 2>/dev/null
  of_its_line
  [ "$config_home$config_lost" = "$1" ] || return 0
  config_named=${config_line##*config[-_]file=}
  if [ "$config_named" != "$config_line" ]; then
    config=${config_named%%'"'*}
    [ "$config" = "${config#/}" ] || [ ! -f "$config" ] || return 0
    config_lost="$config, which its last start named, is not there" config=''
  elif [ -n "$config_line" ] && [ -f "$1/postgresql.conf" ]; then
    return 0
  fi
  in_debians_place
  if [ -n "$config" ]; then
    config_lost=''
  elif [ -z "$config_lost" ] && [ ! -f "$1/postgresql.conf" ]; then
    config_lost="no postgresql.conf in $config_own, and none below $config_root names it" config_absence=NONE
  fi
}

# Takes nothing of the command line of another directory, copied along; sets config_was to what -D named in it.
of_its_line() {
  config_was=${config_line##*'"-D" "'}
  [ "$config_was" != "$config_line" ] || return 0
  config_was=${config_was%%'"'*}
  [ "$config_was" = "$config_own" ] || [ "$(readlink -m -- "$config_was")" = "$config_own" ] ||
    leads_by "$config_was" || config_line=''
}

# Sets config_home to a directory of configuration that names this one, by which the server is started then, or
# config_lost to why it can't be known. False if it names another.
leads_by() { # what -D named
  [ -f "$1/postgresql.conf" ] || return 1
  config_leads=$(data_directory_in "$1/postgresql.conf")
  if [ "$(readlink -m -- "${config_leads:-/}")" != "$config_own" ] &&
    ! config_leads=$("$bin/postgres" -D "$1" -C data_directory 2>/dev/null); then
    config_said=$("$bin/postgres" -D "$1" -C data_directory 2>&1 >/dev/null | tr '\n' ' ')
    # a fence is read where it pointed
    config_leads=$(printf '%s\n' "$config_said" |
      sed -n 's|.*configuration file "\([^"]*\)/postgresql\.auto\.conf" contains errors.*|\1|p')
    [ -n "$config_leads" ] || {
      config_lost="$1, which its last start named, can't be read: $config_said"
      return 0
    }
  fi
  [ "$(readlink -m -- "$config_leads")" = "$config_own" ] && config_home=$1
}

# Says the data directory that a file itself names, of several the last; nothing if another file does.
data_directory_in() { # file
  sed -n "s/^[[:space:]]*data_directory[[:space:]]*=\{0,1\}[[:space:]]*'\([^']*\)'.*/\1/Ip" "$1" 2>/dev/null |
    tail -n 1
}

# Sets config to the one file there that names the directory.
in_debians_place() {
  config_root=${PG_CLUSTER_CONF_ROOT:-/etc/postgresql}
  for config_seen in "$config_root"/*/*/postgresql.conf; do
    [ -f "$config_seen" ] || continue
    config_leads=$(data_directory_in "$config_seen")
    [ -n "$config_leads" ] && [ "$(readlink -m -- "$config_leads")" = "$config_own" ] || continue
    [ -z "$config" ] || {
      config_lost="both $config and $config_seen name $config_own" config=''
      return 0
    }
    config=$config_seen
  done
}

# Sets config_words to what a start is given beside the data directory, as pg_ctl hands it to a shell.
config_words() {
  of_config "$data"
  config_words=''
  [ "$config_home" = "$data" ] || config_words="\"-D\" \"$config_home\""
  [ -z "$config" ] || config_words="\"-c\" \"config_file=$config\""
}

# Sets options to the options of the last start in this directory, as `pg_ctl restart` takes them, and to where its
# configuration is. Options of another directory, copied along, are not taken.
last_options() {
  options=''
  config_words
  case $config_line in
    *' "'*) options="\"${config_line#* \"}" ;;
  esac
  # pg_ctl names the directory itself
  [ "$config_home" != "$data" ] || options=${options#"\"-D\" \"$config_was\""}
  case $options in
    *"$config_words"*) ;;
    *) options="$options $config_words" ;;
  esac
}

# The configuration fence is a parameter that no server knows: every launcher fails on it.
fence_line='^[[:space:]]*mooring_fenced_epoch_[0-9]'

ask() { # setting, directory of another postgresql.auto.conf or nothing
  of_config "$data"
  value=''
  if [ -n "$config_lost" ]; then
    printf '%s\n' "$config_lost" >"$work/$subject.setting"
    return 1
  fi
  value=$("$bin/postgres" -D "$config_home" ${config:+-c "config_file=$config"} ${2:+-c "data_directory=$2"} \
    -C "$1" 2>"$work/$subject.setting")
}

# Sets trial to a directory of links to the data. With shared_memory_size a program of version 15 or later looks at all
# settings, libraries and certificates as at a start, and locks the data directory that it is given.
of_trial() { # data directory
  trial=$work/$subject.trial
  rm -rf "$trial"
  mkdir "$trial" && ln -s "$1"/* "$trial" && rm -f "$trial"/postmaster.*
}

# The same with its configuration without a fence. False if that can't be read.
of_unfenced() { # data directory
  of_trial "$1" && rm -f "$trial/postgresql.auto.conf" || return 1
  grep -v "$fence_line" "$1/postgresql.auto.conf" >"$trial/postgresql.auto.conf" 2>/dev/null
  [ $? -le 1 ]
}

# The same with the configuration prepared beside the file; leaves nothing behind of one that can't be read.
ask_of_prepared() { # setting
  mkdir -p "$work/$subject.prepared" && cp "$conf.mooring" "$work/$subject.prepared/postgresql.auto.conf" &&
    { [ ! -f "$data/internal.auto.conf" ] || cp "$data/internal.auto.conf" "$work/$subject.prepared"; } ||
    refuse HOST_REFUSED "$work/$subject.prepared can't be written"
  ask "$1" "$work/$subject.prepared" && rm -rf "$work/$subject.prepared" || {
    rm -rf "$work/$subject.prepared" "$conf.mooring"
    return 1
  }
}

# Says a value as a file of settings has it.
quoted() { # value
  printf "'%s'" "$(printf '%s' "$1" | sed "s/[\\\\']/&&/g")"
}

# Before the prepared configuration replaces the file.
refuse_unless_prepared_starts() { # code
  ask_of_prepared wal_level ||
    refuse "$1" "the server in $data would not start with what is to be set: $(cat "$work/$subject.setting")"
}

# What a copy that is replayed to a target, and what a standby has in place of settings of the server that its files came
# from, and of a restore, in whichever file: given comes with the call or is left out, and - stays. A standby ends its
# recovery at a target, and by a trigger file, too.
inherited="
''    ''    recovery_target recovery_target_lsn recovery_target_time recovery_target_xid promote_trigger_file
given ''    recovery_target_name
given given recovery_target_action recovery_target_inclusive recovery_target_timeline restore_command
''    given primary_conninfo primary_slot_name
''    -     synchronous_standby_names archive_cleanup_command recovery_end_command
0     -     recovery_min_apply_delay
given -     hot_standby archive_mode"

# Sets lines to an expression of the lines that go, and overrides to those that come whatever other files have: asked
# about it, a server program says nothing if two targets are left. What promotes instances of a Greenplum is no file, and
# no version after 15 knows the trigger file.
of_inherited() { # 1 of a copy, 2 of a standby
  its=$(printf '%s' "$inherited" | awk -v c="$1" '$c != "-" { for (i = 3; i <= NF; i++) print $i " = " $c }')
  lines=$(printf '%s' "$its" | sed 's/ .*//' | paste -sd '|')
  lines="^[[:space:]]*($lines)([^A-Za-z0-9_]|\$)"
  unknown='^promote_trigger_file'
  [ -n "${gp_home-}" ] || [ "$(cat "$data/PG_VERSION")" -ge 16 ] || unknown='^$'
  overrides=$(printf '%s' "$its" | grep -v -e "$unknown" -e '= given$')
}

# Sets config_wrong to why what is found would not be a start of this directory, else to nothing.
wrong_config() {
  config_wrong=''
  if [ -e "$data/recovery.conf" ]; then
    config_wrong="$data/recovery.conf is there, of a version before 12"
  elif ! ask data_directory; then
    config_wrong=$(tr '\n' ' ' <"$work/$subject.setting")
  elif [ "$value" != "$data" ] && [ "$(readlink -m -- "$value")" != "$data" ]; then
    config_wrong="${config:-$config_home/postgresql.conf} is of $value, not of $data"
  fi
}

# Sets control to what pg_controldata says. It prints a control file whose checksum is wrong all the
# same, behind a warning, and ends with 0.
read_control() {
  control=$(TZ=UTC "$bin/pg_controldata" -D "$data" 2>&1) ||
    refuse STATE_UNREADABLE "pg_controldata: $control"
  case $control in
    *WARNING:*) refuse STATE_UNREADABLE "pg_controldata: $control" ;;
  esac
}

# Sets value to a line of what pg_controldata said.
controlled() { # label
  value=${control#*"$1":}
  value=${value%%
*}
  value=${value#"${value%%[! ]*}"}
}

# A server that accepts writes is none of ours to stop.
refuse_writable() {
  postmaster "$data" || return 0
  read_control
  controlled 'Database cluster state'
  [ "$value" != 'in production' ] ||
    refuse PROMOTED "the server in $data accepts writes; it was promoted"
}

# Stops what runs, fast, and believes only what is seen afterwards. Without a postmaster there is
# no process to ask: pg_ctl would signal the process that has got the pid in postmaster.pid since.
stopped() { # seconds
  said=''
  process_state "$data"
  if [ "$state" = RUNNING ]; then
    said=$("$bin/pg_ctl" -D "$data" -m fast -t "$1" stop 2>&1 9>&- 3>&-)
    process_state "$data"
  fi
  [ "$state" = STOPPED ]
}

# Resolves postgresql.auto.conf to the file itself: a link is followed, never replaced.
of_configuration() {
  conf=$(readlink -f "$data/postgresql.auto.conf") ||
    refuse HOST_REFUSED "$data/postgresql.auto.conf is a link to nothing"
  [ -e "$conf" ] || : >"$conf" || refuse HOST_REFUSED "$conf can't be written"
}

stand_by() {
  : >"$data/standby.signal" && sync "$data/standby.signal" "$data" ||
    refuse HOST_REFUSED "$data/standby.signal can't be written"
}

# Prepares the configuration beside the file, with its mode and owner: without some lines, and with others.
prepare() { # extended expression of lines that go, lines that come
  of_configuration
  cp -p "$conf" "$conf.mooring" && sed -E -e "/$1/Id" -e '$a\' "$conf" >"$conf.mooring" &&
    printf '%s' "$2" >>"$conf.mooring" || refuse HOST_REFUSED "$conf.mooring can't be written"
}

# Replaces the configuration by the prepared file.
configure() {
  if cmp -s "$conf.mooring" "$conf"; then
    rm -f "$conf.mooring"
  else
    sync "$conf.mooring" && mv -fT "$conf.mooring" "$conf" && sync "${conf%/*}"
  fi || refuse HOST_REFUSED "$conf can't be replaced"
}

# Configures with lines that were kept.
put_back() { # extended expression of lines that go, file of lines that come back
  prepare "$1" ''
  cat "$2" >>"$conf.mooring" || refuse HOST_REFUSED "$conf.mooring can't be written"
  configure
}

# True if a base backup was not replayed to its end: only then is it of use what its manifest says.
backup_unfinished() { # control data
  [ ! -e "$data/backup_label" ] || return 0
  start=${1#*Backup start location:}
  case ${start%%
*} in
    *[!0/\ ]*) return 0 ;;
  esac
  return 1
}

# A server that was killed left its lock file, and the next one takes that for held as long as a process bears the
# number in it: also one that has ended and that was not reaped yet.
await_reaped() {
  tries=0
  while { read -r holder <"$data/postmaster.pid"; } 2>/dev/null && kill -0 "$holder" 2>/dev/null &&
    [ "$tries" -lt 1000 ]; do
    sleep 0.01
    tries=$((tries + 1))
  done
}

# Keeps some of the newest; this run's own are its markers, with any age by the clock.
forget_old() { # this run's begin so, all
  own=$1
  shift
  [ $# -gt 40 ] || return 0
  ls -1dt "$@" | tail -n +21 | while IFS= read -r old; do
    case $old in
      "$own"*) ;;
      *) rm -rf "$old" ;;
    esac
  done
}
