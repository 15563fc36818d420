# Whether a host has what an instance needs there beside its server programs. Nothing is changed.

lacks() { # sentence
  case $missing in
    *"$1"*) ;;
    *) missing="$missing${missing:+
}$1" ;;
  esac
}

usable() { # directory
  [ -d "$1" ] && [ -w "$1" ] && [ -x "$1" ]
}

# Sets libdir to where the server programs have their own libraries; false if that can't be seen.
of_libraries() {
  libdir=$("$bin/pg_config" --pkglibdir 2>/dev/null) && return 0
  for libdir in "$bin/../lib" "$bin/../lib/postgresql" "$bin/../lib64/pgsql"; do
    [ ! -e "$libdir/libpqwalreceiver.so" ] || return 0
  done
  return 1
}

library_at() { # path, without its suffix or with it
  [ -f "$1.so" ] || [ -f "$1" ]
}

# True if dynamic_library_path has a library.
library_on_path() { # name
  ask dynamic_library_path || return 1
  rest=$value:
  while [ -n "$rest" ]; do
    directory=${rest%%:*}
    rest=${rest#*:}
    case $directory in
      '$libdir'*) directory=$libdir${directory#?libdir} ;;
    esac
    ! library_at "$directory/$1" || return 0
  done
  return 1
}

# Looks for a library as the server does, by the name that a setting or a function has for it; from
# version 18 on the server takes $libdir away from a name without a directory.
need_library() { # name
  of_libraries || {
    lacks "library $1 can't be looked for: no pg_config in $bin"
    return 0
  }
  case $1 in
    '$libdir'/*/*) library_at "$libdir/${1#*/}" ;;
    '$libdir'/*)
      library_at "$libdir/${1#*/}" ||
        { [ "$(cat "$data/PG_VERSION")" -ge 18 ] && library_on_path "${1#*/}"; }
      ;;
    /*) library_at "$1" ;;
    */*) library_at "$data/$1" ;;
    *) library_at "$libdir/$1" || library_on_path "$1" ;;
  esac || lacks "library $1 is not there ($libdir)"
}

# Whether programs here can take a locale, under any of the spellings it goes by.
need_locale() { # name
  command -v locale >/dev/null || {
    lacks "locale $1 can't be looked for: no program locale"
    return 0
  }
  LC_ALL=$1 locale charmap >/dev/null 2>"$work/$subject.locale"
  [ ! -s "$work/$subject.locale" ] || lacks "locale $1 is not there"
}

# One that is linked here already was looked at with the instance; one that is new to it is made by
# replay where production has it. A base backup, which a directory without data needs, makes its place.
need_tablespace() { # oid, location
  [ ! -L "$data/pg_tblspc/$1" ] || return 0
  [ -e "$data/PG_VERSION" ] || [ -e "$2" ] || [ ! -d "${2%/*}/" ] || return 0
  usable "$2" ||
    lacks "tablespace $1 lies in $2, which is no directory here that can be written"
}

needs() { # data directory, program directory, then kind and name of each thing
  of_instance "$1" "$2"
  missing=''
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      library) need_library "$2" ;;
      locale) need_locale "$2" ;;
      tablespace) need_tablespace "${2%% *}" "${2#* }" ;;
    esac
    shift 2
  done
  report missing "$(by_name "$missing")"
}

# PostgreSQL starts in a directory of its account alone, that at most its group can read.
need_mode() {
  mode=$(stat -c '%a %u' "$data")
  case $mode in
    *[0145]"0 $(id -u)") ;;
    *) lacks "$data has mode ${mode% *} and owner $(stat -c %U "$data"), must have 0700 or 0750 and $(id -un)" ;;
  esac
}

# It ends at a lock file whose process is gone if another one of the account has its number now. One that ends soon may
# have it, and a server of a container that has processes of its own can't be seen.
need_lock() {
  locked && sleep 1 && locked || return 0
  lacks "$data/postmaster.pid names process $holder, which lives and is no server of it that can be seen: plan again; if\
 it stays, and no server of this directory runs in a container either, remove that file"
}

# The shells of this script end with it.
locked() {
  { read -r holder <"$data/postmaster.pid"; } 2>/dev/null && alive "$holder" && kill -0 "$holder" 2>/dev/null || return 1
  ancestor=$holder
  while alive "$ancestor"; do
    [ "$ancestor" != $$ ] || return 1
    ancestor=${stat##*) ? }
    ancestor=${ancestor%% *}
  done
}

listens_at() { # extended expression of addresses as the kernel writes them
  printf '%s\n' "$taken" | grep -qxE "$1"
}

# False for an address of version 4 that the kernel lets no program of this host listen at.
is_here() { # address
  ! command -v ip >/dev/null || grep -qs 1 /proc/sys/net/ipv4/ip_nonlocal_bind ||
    case $(ip route get "$1" 2>/dev/null) in local\ *) ;; *) false ;; esac
}

# A server ends at its start if it can listen nowhere: others do, or no address is this host's. What can't be told by
# the kernel's lists, a name that is known or an address of version 6, counts as free.
need_port() { # port
  taken=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    sed -nE "s/^ *[0-9]+: (0{16}FFFF0000)?([0-9A-F]+):$(printf '%04X' "$1") [0-9A-F]+:0000 0A .*/\2/p")
  [ -n "$taken$configured" ] && ask listen_addresses && [ -n "$value" ] || return 0
  rest=$value, elsewhere=''
  while [ -n "$rest" ]; do
    address=$(printf '%s' "${rest%%,*}" | tr -d ' "')
    rest=${rest#*,}
    case $address in
      '') ;;
      '*')
        listens_at '[0-9A-F]{8}|0{32}' || return 0
        [ ! -s /proc/net/if_inet6 ] || listens_at '[0-9A-F]{32}' || return 0
        ;;
      0.0.0.0) listens_at '[0-9A-F]{8}|0{32}' || return 0 ;;
      localhost)
        listens_at '0100007F|0{8}|0{32}' || return 0
        ! grep -qs '^::1[[:space:]].*localhost' /etc/hosts || listens_at '0{24}01000000|0{32}' || return 0
        ;;
      *:*) return 0 ;;
      *[!0-9.]*)
        timeout 2 getent ahosts "$address" >/dev/null
        [ $? -eq 2 ] || return 0
        elsewhere=yes
        ;;
      *)
        is_here "$address" || { elsewhere=yes && continue; }
        of_bytes=$(printf '%s' "$address" | tr . ' ')
        address=''
        for byte in $of_bytes; do address=$(printf '%02X' "$byte")$address; done
        listens_at "$address|0{8}|0{32}" || return 0
        ;;
    esac
  done
  if [ -n "$elsewhere" ]; then
    lacks "listen_addresses has no address of this host that is free: $value"
  else
    lacks "port $1 is in use: another process listens on it"
  fi
}

# It ends at one socket that it can't make, too. False if the program does not answer.
need_sockets() { # port
  ask unix_socket_directories || return 1
  rest=$value,
  while [ -n "$rest" ]; do
    directory=$(printf '%s' "${rest%%,*}" | sed 's/^ *"\{0,1\}//; s/"\{0,1\} *$//')
    rest=${rest#*,}
    case $directory in
      '' | @*) continue ;;
      /*) ;;
      *) directory=$data/$directory ;;
    esac
    usable "$directory" ||
      lacks "unix_socket_directories has $directory, which is no directory that can be written"
    ! { read -r holder <"$directory/.s.PGSQL.$1.lock"; } 2>/dev/null || ! kill -0 "$holder" 2>/dev/null ||
      lacks "port $1 is in use: process $holder has $directory/.s.PGSQL.$1.lock"
  done
}

# It makes none if it can give none to their group; an abstract one has no group.
need_group() {
  ask unix_socket_directories && [ -n "$value" ] && command -v getent >/dev/null || return 0
  case $value in *@*) return 0 ;; esac
  ask unix_socket_group && [ -n "$value" ] || return 0
  case $value in
    *[!0-9]*) number=$(getent group "$value" | cut -d : -f 3) ;;
    *) number=$value ;;
  esac
  if [ -z "$number" ]; then
    lacks "unix_socket_group is $value: this host has no such group"
  else
    id -G | tr ' ' '\n' | grep -qx "$number" || lacks "unix_socket_group is $value: $(id -un) is not in it"
  fi
}

# It ends at more slots than it may have, and at a logical one of a lower wal_level. Base backups leave them out,
# snapshots don't. A state file has the database of a slot, 0 if it is physical, at byte 80, then 0 if it outlives its
# server.
need_slots() {
  held=0 decoded=''
  for file in "$data"/pg_replslot/*/state; do
    slot=${file%/state}
    slot=${slot##*/}
    [ -f "$file" ] || continue
    case $slot in *.tmp) continue ;; esac
    slot_kept=$(od -A n -t u4 -j 80 -N 8 "$file" | tr -s ' ')
    [ "${slot_kept##* }" = 0 ] || continue
    held=$((held + 1))
    [ "$slot_kept" = ' 0 0' ] || decoded=$slot
  done
  [ "$held" -eq 0 ] || ! ask max_replication_slots || [ "$held" -le "$value" ] ||
    lacks "$data/pg_replslot has $held slots and max_replication_slots is $value: set that to $held, or remove\
 directories there"
  [ -z "$decoded" ] || ! ask wal_level || [ "$value" = logical ] ||
    lacks "$data/pg_replslot has the logical slot $decoded and wal_level is $value: set that to logical, or remove its\
 directory there"
}

# It reads its access rules only once it runs, and ends if it can't parse them.
need_access() {
  access=$config_home/pg_hba.conf
  [ -z "$configured" ] || ! ask hba_file || access=$value
  if ! grep -qsE '^[[:space:]]*[^#[:space:]]' "$access"; then
    lacks "$access can't be read, or has no entry"
  elif refuses_access "$access"; then
    lacks "the server in $data would not start: $said"
  fi
}

# Lets its program load a pg_hba.conf in a directory of this script alone, which has a control file and no WAL: it loads
# the file before it looks for that, and ends there. True only if it ended at the file, as said has it; what ends it
# before tells nothing. Servers refuse less WAL than two files, which have 1 GB at most. Later versions than 17 have
# settings that the file needs.
refuses_access() { # file
  scratch=$work/$subject.start
  [ -z "${gp_home-}" ] && [ "$(cat "$data/PG_VERSION")" -lt 18 ] && mkdir -p "$scratch/global" "$scratch/base" \
    "$scratch/pg_tblspc" "$scratch/pg_notify" "$scratch/pg_dynshmem" && cp "$data/PG_VERSION" "$scratch" &&
    cp "$data/global/pg_control" "$scratch/global" && printf '%s\n' "listen_addresses = ''" \
    "unix_socket_directories = '.'" "shared_buffers = 16" "huge_pages = off" "dynamic_shared_memory_type = mmap" \
    "log_line_prefix = ''" "min_wal_size = 2GB" "max_wal_size = 2GB" >"$scratch/postgresql.conf" || return 1
  timeout -k 1 5 "$bin/postgres" -D "$scratch" -c "hba_file=$1" >"$scratch/said" 2>&1 </dev/null 3>&- 4>&- 9>&-
  said=$(sed -n 's/:  /: /; / record cannot match /,/^CONTEXT/d; /^LOG: listening/,$p' "$scratch/said" |
    sed -n 2,3p | tr '\n' ' ')
  [ -n "$said" ] && grep -q '^FATAL:  could not load ' "$scratch/said"
}

# From version 15 on its program is asked for the rest of what it refuses by its settings. Libraries may write into the
# directory of a server that runs; programs of another version are reported as that.
need_settings() {
  [ -z "$missing" ] && [ "${major%%.*}" -ge 12 ] || return 0
  case $server in *") $major"[!0-9]*) ;; *) return 0 ;; esac
  [ "$major" -ge 15 ] || {
    need_agreement
    return 0
  }
  of_trial "$data" || refuse NO_ROOM "$trial can't be made"
  if ask shared_memory_size "$trial"; then
    need_memory "$value"
  else
    lacks "the server in $data would not start:\
 $(sed -E 's/^.*(LOG|FATAL|DETAIL|HINT): +/\1: /' "$work/$subject.setting" | tr '\n' ' ')"
  fi
}

# Earlier programs look at the settings of a start together only after -C: at these.
need_agreement() {
  if ask wal_level && [ "$value" = minimal ]; then
    ! ask archive_mode || [ "$value" = off ] ||
      lacks "the server in $data would not start: archive_mode is $value and wal_level minimal"
    ! ask max_wal_senders || [ "$value" = 0 ] ||
      lacks "the server in $data would not start: max_wal_senders is $value and wal_level minimal"
  fi
  ask superuser_reserved_connections && reserved=$value && ask max_connections || return 0
  [ "$reserved" -lt "$value" ] || lacks "the server in $data would not start:\
 superuser_reserved_connections is $reserved and max_connections $value"
}

# It ends if it may use huge pages alone and they are not free, or if it asks for more than all memory of a kernel that
# looks at that. Each is judged alone.
need_memory() { # MB
  if [ -n "$configured" ] && ask huge_pages && [ "$value" = on ]; then
    ask huge_page_size && [ "$value" = 0 ] && ask shared_memory_size_in_huge_pages "$trial" || return 0
    free=$(awk '/^HugePages_Free/ { n += $2 } /^HugePages_(Rsvd|Surp)/ { n -= $2 } END { print n + 0 }' /proc/meminfo)
    free=$((free + $(cat /proc/sys/vm/nr_overcommit_hugepages)))
    [ "$value" -le "$free" ] || lacks "huge_pages is on and needs $value huge pages, and $free are free"
  elif [ "$(cat /proc/sys/vm/overcommit_memory)" = 0 ]; then
    memory=$(awk '/^(Mem|Swap)Total/ { n += $2 } END { print int(n / 1024) }' /proc/meminfo)
    [ "$1" -le "$memory" ] || lacks "its shared memory takes $1 MB, and this host has $memory MB"
  fi
}

need_preloaded() {
  ask shared_preload_libraries || return 0
  names=$value,
  while [ -n "$names" ]; do
    name=$(printf '%s' "${names%%,*}" | tr -d ' "\t\n')
    names=${names#*,}
    [ -z "$name" ] || need_library "$name"
  done
}

need_certificates() {
  ask ssl && [ "$value" = on ] || return 0
  for file in ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file; do
    ask "$file"
    case $value in
      '') continue ;;
      /*) ;;
      *) value=$data/$value ;;
    esac
    [ -r "$value" ] || lacks "$file is $value: can't be read"
    case $file:$(stat -L -c %a:%u "$value" 2>/dev/null) in
      ssl_key_file:*[!0]:* | ssl_key_file:*[!04]?:0 | ssl_key_file:*[!0]?:[1-9]*)
        lacks "ssl_key_file is $value: mode $(stat -L -c %a "$value"), must have 0600"
        ;;
    esac
  done
}

# What the next start of a copy would use itself. One that is stopped is tried with its settings, by the program; of
# the rest it is asked only if a configuration file may name anything of it. If it does not answer, no target is written
# either.
needs_itself() { # data directory, program directory, port
  observe "$1" "$2"
  missing='' configured=''
  ! runs_as_primary || return 0
  for link in "$data"/pg_tblspc/*; do
    [ -L "$link" ] || continue
    usable "$link" || lacks "tablespace ${link##*/} points to $(readlink "$link"),\
 which is no directory that can be written"
  done
  need_mode
  # empty in a copy at rest, so tools leave them out, and no server makes them again
  for directory in "$data/pg_notify" "$data/pg_replslot" "$data/pg_tblspc" "$data/pg_twophase"; do
    usable "$directory" || lacks "$directory is no directory that can be written"
  done
  [ ! -e "$data/recovery.conf" ] || lacks "$data/recovery.conf is there, of a version before 12"
  of_config "$data"
  grep -aqisE '^[[:space:]]*(include|data_directory|shared_preload_libraries|ssl|hba_file|listen_addresses|huge_pages)' \
    "${config:-$config_home/postgresql.conf}" "$data/postgresql.auto.conf"
  [ $? -eq 1 ] || configured=yes
  need_access
  if [ -n "$configured" ]; then
    need_preloaded
    need_certificates
  fi
  if [ "$state" = STOPPED ]; then
    need_lock
    need_port "$3"
    if need_sockets "$3"; then
      need_group
      need_settings
      need_slots
    fi
  fi
  report missing "$(by_name "$missing")"
}
