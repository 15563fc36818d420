# The authority of a host: per content the highest epoch that acted here, with its run and the greatest (ordinal,
# attempt) of it; per instance the last (ordinal, attempt) of that run; and the instance that may write, with the epoch
# and run that last changed it and the boot of this host in which it was said.

of_cluster() { # its name, Mooring's directory for it on this host
  cluster=$1
  cluster_dir=$2
  recorded=''
}

# Keeps every other act on this cluster's instances away until this script has ended. What is started
# here must be given 9>&-, or the postmaster keeps the lock for as long as it lives.
lock() { # seconds to wait
  { [ -d "$cluster_dir" ] || mkdir -p "$cluster_dir"; } && : >>"$cluster_dir/lock" ||
    end_refused HOST_REFUSED "Mooring's directory $cluster_dir can't be written"
  exec 9>>"$cluster_dir/lock"
  flock -w "$1" 9 ||
    end_refused OUTCOME_UNKNOWN "another act still holds $cluster_dir/lock after $1 s"
  for left in "$cluster_dir"/*.authority.*.new; do
    # of an act that ended before it was whole
    [ ! -e "$left" ] || rm -f "$left"
  done
}

# Sets nearest to Mooring's directory for the cluster or, if that is not there yet, to the nearest above it that is.
of_nearest() {
  nearest=$cluster_dir
  while [ ! -e "$nearest" ] && [ ! -L "$nearest" ]; do
    nearest=$(dirname "$nearest")
  done
}

# In a directory that can't be searched no file is seen: that is not one in which nothing acted yet.
refuse_unsearched() {
  of_nearest
  [ -x "$nearest" ] && { [ "$nearest" != "$cluster_dir" ] || [ -r "$nearest" ]; } ||
    end_refused STATE_UNREADABLE "Mooring's directory $cluster_dir can't be read: $(ls -ld "$nearest" 2>&1)"
}

# Says what the account can't write of Mooring's directory: each act takes a lock there and records itself before it
# changes anything.
say_unwritable() {
  frame unwritable
  of_nearest
  if ! { [ -d "$nearest" ] && [ -r "$nearest" ] && [ -w "$nearest" ] && [ -x "$nearest" ]; }; then
    ls -ld "$nearest" 2>&1
  elif [ -e "$cluster_dir/lock" ] && [ ! -w "$cluster_dir/lock" ]; then
    ls -ld "$cluster_dir/lock" 2>&1
  elif nearest_free=$(df -Pk "$nearest" | awk 'NR > 1 { print $4 }') && [ "${nearest_free:-0}" -lt 1024 ]; then
    printf '%s kB are free for %s\n' "$nearest_free" "$cluster_dir"
  fi
}

# Reads an authority file into seen_epoch, seen_ordinal, seen_attempt, seen_run, seen_acted, seen_writer,
# seen_writer_epoch, seen_writer_run, seen_writer_boot, seen_others. Its absence means that nothing acted here yet; a
# file that can't be read as a whole stops everything.
read_authority() { # content
  authority=$cluster_dir/$1.authority
  seen_epoch=0 seen_ordinal=0 seen_attempt=0 seen_run='' seen_others='' seen_cluster='' seen_content=''
  seen_acted='' seen_writer='' seen_writer_epoch=0 seen_writer_run='' seen_writer_boot=''
  [ -e "$authority" ] || [ -L "$authority" ] || { refuse_unsearched && return 0; }
  seen_epoch='' seen_ordinal='' seen_attempt='' seen_writer_epoch=''
  [ -f "$authority" ] && [ -r "$authority" ] ||
    end_refused STATE_UNREADABLE "authority file $authority can't be read"
  while IFS= read -r line; do
    case $line in
      cluster=*) seen_cluster=${line#*=} ;;
      content=*) seen_content=${line#*=} ;;
      epoch=*) seen_epoch=${line#*=} ;;
      ordinal=*) seen_ordinal=${line#*=} ;;
      attempt=*) seen_attempt=${line#*=} ;;
      run=*) seen_run=${line#*=} ;;
      acted=*)
        seen_acted="$seen_acted$line
" ;;
      writer=*) seen_writer=${line#*=} ;;
      writer_epoch=*) seen_writer_epoch=${line#*=} ;;
      writer_run=*) seen_writer_run=${line#*=} ;;
      writer_boot=*) seen_writer_boot=${line#*=} ;;
      ?*=*)
        seen_others="$seen_others$line
" ;;
      *) end_refused STATE_UNREADABLE "authority file $authority has the line '$line'" ;;
    esac
  done <"$authority"
  [ -z "$line" ] || end_refused STATE_UNREADABLE "authority file $authority ends in '$line', which is no whole line"
  [ -n "$seen_writer" ] || seen_writer_epoch=${seen_writer_epoch:-0}
  [ -z "$seen_writer" ] || [ -n "$seen_writer_run" ] ||
    end_refused STATE_UNREADABLE "authority file $authority names $seen_writer, and not the run that did so"
  [ "$seen_cluster" = "$cluster" ] && [ "$seen_content" = "$1" ] ||
    end_refused STATE_UNREADABLE \
      "authority file $authority is of cluster '$seen_cluster' content '$seen_content', not of '$cluster' content '$1'"
  refuse_no_number "$seen_epoch" "$seen_ordinal" "$seen_attempt" "$seen_writer_epoch"
}

refuse_no_number() { # what must be one, each
  for number; do
    case $number in
      '' | *[!0-9]* | ???????????????????*)
        end_refused STATE_UNREADABLE "authority file $authority has '$number' instead of a number" ;;
    esac
  done
}

# Sets seen_ordinal and seen_attempt to the numbers of the last act on an instance by the run that was read, and
# acted_others to the lines of others: of members that share a host, one may be acted on later, by an earlier step or
# act. The greatest numbers of that run are in one of the lines; if they are not, a build without such lines wrote them,
# and they count for every instance.
last_act_on() { # instance
  last_ordinal=0 last_attempt=0 acted_others='' greatest_acted=''
  while IFS=' ' read -r acted_on acted_epoch acted_ordinal acted_attempt; do
    [ -n "$acted_on" ] || continue
    refuse_no_number "$acted_epoch" "$acted_ordinal" "$acted_attempt"
    [ "$acted_epoch" = "$seen_epoch" ] || continue
    [ "$acted_ordinal $acted_attempt" != "$seen_ordinal $seen_attempt" ] || greatest_acted=yes
    case $acted_on in
      "acted=$1") last_ordinal=$acted_ordinal last_attempt=$acted_attempt ;;
      *) acted_others="$acted_others$acted_on $acted_epoch $acted_ordinal $acted_attempt
" ;;
    esac
  done <<ACTED
$seen_acted
ACTED
  if [ -n "$greatest_acted" ]; then
    seen_ordinal=$last_ordinal seen_attempt=$last_attempt
  else
    acted_others=''
  fi
}

# Sets greatest to the greater of the one that was read and the call's: workers of a build that compares nothing else
# still refuse what comes late.
greatest_of() { # ordinal, attempt
  greatest="ordinal=$1
attempt=$2"
  if [ "$1" -lt "$seen_ordinal" ] || { [ "$1" -eq "$seen_ordinal" ] && [ "$2" -lt "$seen_attempt" ]; }; then
    greatest="ordinal=$seen_ordinal
attempt=$seen_attempt"
  fi
}

# Compares the call's token with what acted here last. On the content no higher epoch may have, and no other run of the
# same; on the instance no later act of the same run. All are compared before one is recorded, so that a refused call has
# done nothing.
compare() { # content, epoch, ordinal, attempt, run, instance
  read_authority "$1"
  [ "$2 $5" != "$seen_epoch $seen_run" ] || last_act_on "$6"
  ours="epoch $2 ordinal $3 attempt $4 of run $5"
  theirs="epoch $seen_epoch ordinal $seen_ordinal attempt $seen_attempt of run $seen_run"
  if [ "$2" -lt "$seen_epoch" ] ||
    { [ "$2" -eq "$seen_epoch" ] && [ "$3" -lt "$seen_ordinal" ]; } ||
    { [ "$2" -eq "$seen_epoch" ] && [ "$3" -eq "$seen_ordinal" ] && [ "$4" -lt "$seen_attempt" ]; } ||
    { [ "$2" -eq "$seen_epoch" ] && [ "$5" != "$seen_run" ]; }; then
    end_refused EPOCH_REFUSED "content $1: $ours is refused, $theirs acted here"
  fi
}

# Prepares the token of a call that compare let through, beside the authority file, and with it the instance that may
# write from now on, if given: an instance, or none; and the upstream of each from now on.
record() { # content, epoch, ordinal, attempt, run, instance, who may write, an instance and whom it follows
  case "$recorded " in
    *" $1 "*) recorded ;;
  esac
  read_authority "$1"
  [ "$2 $5" = "$seen_epoch $seen_run" ] || seen_acted='' seen_ordinal=0 seen_attempt=0
  greatest_of "$3" "$4"
  last_act_on "$6"
  if [ -n "${7-}" ]; then
    # one that another host has already sets since when
    seen_writer=$7 seen_writer_epoch=${named_epoch-$2} seen_writer_run=${named_run-$5}
    # a start guard may ask whether that was said before the host started last
    { IFS= read -r seen_writer_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || seen_writer_boot=''
    # an act that takes a permit back sets the boot from before it
    seen_writer_boot=${named_in-$seen_writer_boot}
  elif [ -z "${8-}" ] && [ "$2 $3 $4 $5" = "$seen_epoch $seen_ordinal $seen_attempt $seen_run" ]; then
    return 0
  fi
  [ -z "${8-}" ] || seen_others="$(printf '%s' "$seen_others" | sed "/^followed=${8% *} /d" && printf 'followed=%s %s' "$8" "$2")
"
  writer_lines=''
  [ -z "$seen_writer" ] || writer_lines="writer=$seen_writer
writer_epoch=$seen_writer_epoch
writer_run=$seen_writer_run
writer_boot=$seen_writer_boot
"
  printf '%s' "cluster=$cluster
content=$1
epoch=$2
run=$5
$greatest
${acted_others}acted=$6 $2 $3 $4
$writer_lines$seen_others" >"$authority.$$.new" ||
    end_refused STATE_UNREADABLE "authority file $authority can't be written"
  recorded="$recorded $1"
}

# Puts all prepared ones in their places, each whole or not at all; they are on disk when it returns.
recorded() {
  [ -n "$recorded" ] || return 0
  set --
  for content in $recorded; do
    set -- "$@" "$cluster_dir/$content.authority.$$.new"
  done
  sync "$@" || end_refused STATE_UNREADABLE "authority files in $cluster_dir can't be written"
  for prepared in "$@"; do
    mv -fT "$prepared" "${prepared%".$$.new"}" ||
      end_refused STATE_UNREADABLE "authority file ${prepared%".$$.new"} can't be written"
  done
  sync "$cluster_dir" || end_refused STATE_UNREADABLE "$cluster_dir can't be written to disk"
  recorded=''
}

# Says the highest epoch that acted on this host for the cluster.
highest_epoch() {
  highest=0
  refuse_unsearched
  for authority_file in "$cluster_dir"/*.authority; do
    [ -e "$authority_file" ] || [ -L "$authority_file" ] || continue
    content=${authority_file##*/}
    read_authority "${content%.authority}"
    [ "$seen_epoch" -le "$highest" ] || highest=$seen_epoch
  done
  report highest_epoch "$highest"
}
