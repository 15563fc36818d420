# Bringing a standby the WAL that only the disk of its old primary has.

# On the old primary's host; nothing is changed there. Says the files from the one that a position lies in to the last
# that was begun, and where that ends. Arguments: data directory, program directory, system identifier, timeline, LSN,
# how many files at most.
list_wal() {
  of_instance "$1" "$2"
  process_state "$data"
  [ "$state" = STOPPED ] || refuse NOT_CAUGHT_UP "the server in $data is $state: its WAL may still grow"
  read_control
  controlled 'Database system identifier'
  [ "$value" = "$3" ] || refuse IDENTITY_DIFFERS "$data is of system $value, the standby of $3"
  of_wal
  walk_wal "$4" "$5" "$(($6 + 1))"
  [ -z "$wal_unread" ] || refuse STATE_UNREADABLE "$wal_unread"
  [ "$((wal_next - wal_first))" -le "$6" ] ||
    refuse NO_ROOM "$data has more than $6 WAL files from $5 on, which takes too long to bring"
  end_of_wal "$4" || refuse STATE_UNREADABLE "pg_waldump shows no record in the last WAL file of $data"
  report wal_end "$(lsn "${wal_end:-$position}")"
  report size "$wal_size"
  frame files
  while [ "$wal_first" -lt "$wal_next" ]; do
    wal_name "$4" "$wal_first"
    printf '\n'
    wal_first=$((wal_first + 1))
  done
}

# Says a file, its digest first. Arguments: data directory, program directory, file, how it is packed.
say_wal() {
  of_instance "$1" "$2"
  digest=$(sha256_of "$data/pg_wal/$3") || refuse STATE_UNREADABLE "$data/pg_wal/$3 can't be read"
  report digest "${digest%% *}"
  frame packed
  "$4" <"$data/pg_wal/$3" | base64 -w 0
}

pack_gzip() {
  gzip -1 -c
}

pack_plain() {
  cat
}

unpack_gzip() {
  gzip -d -c
}

unpack_plain() {
  cat
}

# On the standby's host. Arguments: what acts_on is given, system identifier, timeline, bytes of all files.
may_take_wal() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  may_promote "$9" "${10}"
  claimed
  # of a call that was ended before it was through
  rm -f "$data"/pg_wal/xlogtemp.mooring.*
  room=$(df -P -B 1 "$data/pg_wal/." | awk 'END { print $4 }')
  [ "$room" -gt "$((${11} * 2))" ] ||
    refuse NO_ROOM "$data/pg_wal has room for $room bytes, twice ${11} are wanted"
  if command -v gzip >/dev/null; then report gzip yes; else report gzip no; fi
}

# Puts a file in its place, whole or not at all. Until it has its name a start of the server would remove it.
# Arguments: what acts_on is given, system identifier, timeline, file, its digest, how it is unpacked, itself.
take_wal() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  may_promote "$9" "${10}"
  claimed
  taken=$data/pg_wal/xlogtemp.mooring.${11}
  printf '%s' "${14}" | base64 -d | "${13}" >"$taken" || refuse NO_ROOM "$taken can't be written"
  digest=$(sha256_of "$taken")
  [ "${digest%% *}" = "${12}" ] || {
    rm -f "$taken"
    refuse STATE_UNREADABLE "${11} came with another digest than it was sent with"
  }
  chmod --reference="$data/global/pg_control" "$taken" && sync "$taken" &&
    mv -fT "$taken" "$data/pg_wal/${11}" && sync "$data/pg_wal/." ||
    refuse HOST_REFUSED "$data/pg_wal/${11} can't be put in its place"
  report taken yes
}

# Makes a standby read pg_wal at once: a process that waits for its old primary is interrupted, and the pause between
# two looks ends with a signal. Arguments: what acts_on is given, system identifier, timeline.
look_into_wal() {
  acts_on "$@"
  refuse_another
  process_state "$data"
  may_promote "$9" "${10}"
  claimed
  limit_of 1000
  for receiver in $(children_of walreceiver); do
    kill -TERM "$receiver" 2>/dev/null && gone "$receiver"
  done
  for startup in $(children_of startup); do
    kill -HUP "$startup" 2>/dev/null
  done
  report looked yes
}

# Lists the children of the postmaster that have the name in their title.
children_of() { # name
  children=''
  { IFS= read -r children <"/proc/$pid/task/$pid/children"; } 2>/dev/null
  for child in $children; do
    title=''
    { IFS= read -r title <"/proc/$child/cmdline"; } 2>/dev/null
    case $title in
      *postgres:*"$1"*) printf '%s\n' "$child" ;;
    esac
  done
}
