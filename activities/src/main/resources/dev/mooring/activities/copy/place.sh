# Bringing what was made to its place, taking it back, and removing what it replaced.

# Where the old directory is kept, or waits for its end: the same name however often it is asked.
of_old() {
  [ -s "$job/old" ] || put "$job/old" "$real.mooring-old-$(date -u +%Y%m%d%H%M%S)" ||
    refuse NO_ROOM "$job/old can't be written"
  read -r old <"$job/old" || :
}

# What has the instance's name is this run's copy. A copy that was placed and then lost its marker is
# recognised by the file in it.
is_placed() {
  [ -e "$job/placed" ] || { [ -e "$real/mooring.copied" ] && [ "$(cat "$real/mooring.copied")" = "$job" ]; }
}

# A pg_wal that lies elsewhere, and tablespaces, get their places; what the old directory has there goes with it.
place_links() { # old directory
  link=$made/pg_wal
  if [ -L "$link" ] && there=$(readlink "$link") && own=${there%.mooring-new} && [ "$own" != "$there" ]; then
    if [ -e "$there" ]; then
      if [ -e "$own" ]; then
        put_aside "$1" "$own" "$own.${1##*.}" "$own" "$own.${1##*.}" || return 1
      fi
      fill "$there" "$own" || return 1
    fi
    ln -sfn "$own" "$link" || return 1
  fi
  for link in "$made"/pg_tblspc/*; do
    [ -L "$link" ] && there=$(readlink "$link") || continue
    case $there in
      *.mooring-new) place_tablespace "$1" || return 1 ;;
    esac
  done
  rm -rf "$new.inside"
}

# Moves what the old directory has elsewhere. Its link leads to the new name before that is there, and back if it can't
# be moved: it never leads to what is not its own.
put_aside() { # old directory, what its link leads to, next target of that, what is moved, where to
  if relink_old "$1" "$2" "$3" && mkdir -p "${5%/*}" && mv "$4" "$5"; then return 0; fi
  [ ! -d "$3" ] || rmdir "$3"
  relink_old "$1" "$3" "$2"
  return 1
}

# Moves what the copy has elsewhere to its place, which is in a list before: what of it is there goes if the copy is
# taken back.
fill() { # what, place
  printf '%s\t%s\n' "$1" "$2" >>"$job/filled" && sync "$job/filled" "$job" && mv "$1" "$2"
}

# Sets here to where a tablespace goes, and location to the primary's name for that if it leads there on this host too.
of_staging() { # where its copy is made
  line=$(awk -F '\t' -v staged="$1" '$1 == staged' "$job/places")
  here=${line#*	} location=${line##*	}
  here=${here%	*}
  [ "$(readlink -m -- "$location")" = "$here" ] || location=$here
  [ -n "$line" ]
}

# Of a location only the directory of the copy's own version and catalogue is replaced, and only if the old directory's
# links lead there. A location within the data directory came with it if the primary's name for it is another link. The
# link gets the primary's name for the location if that leads there on this host too.
place_tablespace() { # old directory
  of_staging "$there" || return 1
  case $here in
    "$real"/*) goes=$made/${here#"$real"/} ;;
    *) goes=$here ;;
  esac
  mkdir -p "$goes" || return 1
  for its_new in "$there"/PG_*; do
    [ -e "$its_new" ] || continue
    own=$goes/${its_new##*/}
    if [ -e "$own" ] && [ "$goes" != "$here" ]; then
      rm -rf "$own" || return 1
    elif [ -e "$own" ]; then
      aside=${there%.mooring-new}.${1##*.}
      put_aside "$1" "$location" "$aside" "$own" "$aside/${own##*/}" || return 1
    fi
    fill "$its_new" "$own" || return 1
  done
  rm -rf "$there"
  sync "$goes" || return 1
  ln -sfn "$location" "$link"
}

# Gives the links of a directory that gets another name their own targets there, and to what is elsewhere by links of
# the directory itself, the target's own name. Done before the renaming, so that they never lead to what takes the old
# name over.
lead_links() { # directory, the name that its links have for it, its next name
  for its in "$1/pg_wal" "$1"/pg_tblspc/*; do
    [ -L "$its" ] && there=$(readlink -m "$its") || continue
    case $there in
      "$2"/*) there=$3/${there#"$2"/} ;;
      *)
        case $(readlink "$its") in
          "$2"/*) ;;
          *) continue ;;
        esac
        ;;
    esac
    ln -sfn "$there" "$its" || return 1
  done
}

# The links of an old directory point to the new name before that is there: if the script ends here, they
# never point to what took the name over. False if none does: what is there is not the old directory's.
relink_old() { # directory, place, its new name
  place=$(readlink -f "$2") && [ -d "$1" ] || return 1
  relinked=no
  for its in "$1/pg_wal" "$1"/pg_tblspc/*; do
    [ -L "$its" ] || continue
    case $(readlink -m "$its") in
      "$3") relinked=yes ;;
      "$place") ln -sfn "$3" "$its" && relinked=yes || return 1 ;;
    esac
  done
  [ "$relinked" = yes ]
}

# A directory loses its name before anything of it is removed. What it has elsewhere is removed with it if that
# was put aside too; what still has its own name may be in use by what took the directory's place.
remove_directory() { # directory
  gone=$real.mooring-removed
  if [ -d "$1" ]; then
    rm -rf "$gone"
    mv "$1" "$gone" && sync "$parent" || return 1
  fi
  [ -d "$gone" ] || return 0
  for link in "$gone/pg_wal" "$gone"/pg_tblspc/*; do
    [ -L "$link" ] && there=$(readlink -f "$link") || continue
    case ${there##*/} in
      *.mooring-old-[0-9]*) rm -rf "$there" ;;
    esac
  done
  rm -rf "$gone"
}

# The old directory: what has the name now, and what a rewind of this run left.
put_old_aside() {
  ! two_directories || return 1
  for before in "$rewinding" "$real"; do
    [ "$before" != "$made" ] && [ -d "$before" ] || continue
    if [ -n "$(ls -A "$before")" ]; then
      [ ! -e "$old" ] && put "$job/before" "$before" && lead_links "$before" "$real" "$old" &&
        mv "$before" "$old" && sync "$parent" || return 1
    else
      rmdir "$before" || return 1
    fi
  done
}

# Takes back what a placement did that did not end. What of the copy has a place elsewhere is removed, so long as the
# copy itself is here; what the old directory had there comes back, and then the directory gets its name back. What a
# person put in the place of either stays.
put_old_back() {
  [ -s "$job/old" ] || return 0
  of_old
  if [ -s "$job/filled" ] && [ -d "$made" ] && [ ! -e "$real" ]; then
    while IFS='	' read -r from own; do
      [ -e "$from" ] || rm -rf "$own" || return 1
    done <"$job/filled"
    rm -f "$job/filled" && sync "$job" || return 1
  fi
  [ -s "$job/before" ] || return 0
  read -r before <"$job/before" || :
  kept=$before
  [ -d "$before" ] || kept=$old
  if [ ! -d "$kept" ] || { [ "$kept" = "$before" ] && [ -e "$old" ]; }; then return 0; fi
  for its in "$kept/pg_wal" "$kept"/pg_tblspc/*; do
    [ -L "$its" ] && aside=$(readlink "$its") && own=${aside%".${old##*.}"} && [ "$own" != "$aside" ] || continue
    if [ "${its##*/}" = pg_wal ]; then
      back "$aside" "$own" || return 1
    else
      of_staging "$own.mooring-new" || return 1
      for one in "$aside"/PG_*; do
        back "$one" "$here/${one##*/}" || return 1
      done
      [ ! -d "$aside" ] || rmdir "$aside" || return 1
      own=$location
    fi
    ln -sfn "$own" "$its" || return 1
  done
  lead_links "$kept" "$old" "$real" || return 1
  [ "$kept" = "$before" ] || mv "$kept" "$before" && sync "$parent"
}

back() { # what may be there, its place
  [ ! -e "$1" ] || { [ ! -e "$2" ] && mv "$1" "$2"; }
}

# Asks the server's program about the copy as it was configured, before anything is put aside. What an instance that has
# no configuration gets may include files of the other server's host, or name its directory there; what it has elsewhere
# gets the other server's own settings beside it, may be fenced, and may include files by the name that the old directory
# still has; what would end a standby is overridden later. If that directory is the instance's own, a program of
# version 15 or later also loads libraries and certificates for its answer.
refuse_what_it_brought() {
  data=$made config_wrong=''
  if ! is_there "$configuration/postgresql.conf" && [ -z "$config" ] && [ "$config_home" = "$made" ]; then
    wrong_config
  elif [ -d "$real" ]; then
    asked=wal_level
    { read -r major <"$made/PG_VERSION"; } 2>/dev/null || major=0
    [ "${major%%.*}" -lt 15 ] || ! is_there "$configuration/postgresql.auto.conf" || asked=shared_memory_size
    of_inherited 2
    of_unfenced "$made" && printf '%s\n' "$overrides" >>"$trial/postgresql.auto.conf" ||
      refuse HOST_REFUSED "$made/postgresql.auto.conf can't be read, or $trial can't be made"
    config_wrong=$("$bin/postgres" -D "$config_home" ${config:+-c "config_file=$config"} -c "data_directory=$trial" \
      -C "$asked" 2>&1) && config_wrong=''
    config_wrong=$(printf '%s' "$config_wrong" | tr '\n' ' ')
  fi
  data=$real
  [ -z "$config_wrong" ] ||
    refuse HOST_REFUSED "no start by the configuration that the copy brought: $config_wrong; correct it in $made"
}

# Removes WAL of timelines above the source's. pg_rewind leaves the file of the last common checkpoint, also if it is of
# such a timeline, and the standby would be taken for one on it. What may hold transactions was kept before the rewind.
drop_left_timelines() {
  data=$made
  read_control
  data=$real
  controlled "Min recovery ending loc's timeline"
  case $value in
    '' | 0 | *[!0-9]*) refuse STATE_UNREADABLE "the control file of $made has no timeline to recover to: '$value'" ;;
  esac
  for file in "$made"/pg_wal/????????????????????????; do
    name=${file##*/}
    case $name in
      *[!0-9A-F]*) continue ;;
    esac
    [ "$((0x${name%????????????????}))" -le "$value" ] || rm -f "$file" "$made/pg_wal/archive_status/$name.ready" \
      "$made/pg_wal/archive_status/$name.done" ||
      refuse HOST_REFUSED "$file can't be removed"
  done
  bar_ended_timelines
  sync "$made/pg_wal/" "$made/pg_wal/archive_status"
}

# pg_rewind also leaves the file with the fork, beyond which it has what only this server wrote; once that is promoted,
# a checkpoint would archive it. So files that reach beyond the end of their timeline are marked, as PostgreSQL marks
# streamed ones.
bar_ended_timelines() { # expects value: the source's timeline
  [ "$value" -gt 1 ] || return 0
  history=$(printf '%s/pg_wal/%08X.history' "$made" "$value")
  [ -r "$history" ] || refuse STATE_UNREADABLE "$history can't be read"
  controlled 'Bytes per WAL segment'
  while read -r ended fork _; do
    case $ended in
      '' | *[!0-9]*) continue ;;
    esac
    case $fork in
      *[!0-9A-F/]*) refuse STATE_UNREADABLE "$history has a fork that is no position" ;;
    esac
    for file in "$made/pg_wal/$(printf '%08X' "$ended")"????????????????; do
      place=${file##*/????????}
      case $place in
        *[!0-9A-F]*) continue ;;
      esac
      [ -e "$file" ] && [ "$(((0x${place%????????} << 32) + (0x${place#????????} + 1) * value))" -gt \
        "$(((0x${fork%/*} << 32) + 0x${fork#*/}))" ] || continue
      mark=$made/pg_wal/archive_status/${file##*/}
      rm -f "$mark.ready" && : >"$mark.done" || refuse HOST_REFUSED "$mark.done can't be made"
    done
  done <"$history"
}

# Every file that the copy had is where the server will look, by its links, and has its size; until then a file says that
# it is half made. What a server was started on since has other files, and no backup_label: none of it can be verified.
verify_placed() {
  if [ -e "$real/backup_label" ]; then
    lacks=$(cd "$real" && find -L base global pg_tblspc pg_wal -type f -printf '%s %p\n' | sort | comm -23 "$job/files" -) &&
      [ -z "$lacks" ] ||
      refuse HOST_REFUSED "what $real leads to lacks files of the copy, with their sizes: $(printf '%s' "$lacks" | head -n 5)"
  elif [ -e "$real/mooring.half-made" ]; then
    refuse HOST_REFUSED "a server was started in $real before its files were verified: give this run up, then \
\`mooring resilver $cluster --instances $subject --reason WHY\` copies it anew"
  fi
  rm -f "$real/mooring.half-made" && sync "$real" || refuse HOST_REFUSED "$real/mooring.half-made can't be removed"
}

ensure_placed() { # data directory, program directory, way, run, keep the old: yes or no, own settings
  of_job "$1" "$2" "$3" "$4"
  if ! is_placed; then
    job_ended
    [ "$ended" = DONE ] ||
      refuse OUTCOME_UNKNOWN "the copy in $made is $ended: it is not moved to its place"
    refuse_two_directories
    [ -d "$made" ] || refuse STATE_UNREADABLE "$made is not there, and $real is not the new copy"
    case $way in
      REWIND) drop_left_timelines ;;
      *)
        [ -s "$job/files" ] && : >"$made/mooring.half-made" ||
          refuse STATE_UNREADABLE "$job/files, the list of what was copied, is not there, or $made can't be written"
        ;;
    esac
    configure_made "$made" "$6" && : >"$made/standby.signal" && rm -f "$made/recovery.signal" &&
      put "$made/mooring.copied" "$job" && find "$made" -maxdepth 1 -type f -exec sync {} + && sync "$made" ||
      refuse NO_ROOM "the configuration of $made can't be written"
    [ "$way" = REWIND ] || refuse_what_it_brought
    if [ -d "$real" ]; then
      refuse_running_primary
      stopped_at_last || refuse OUTCOME_UNKNOWN "$data is $state after a stop at once: $said"
    fi
    of_old
    put_old_aside || refuse HOST_REFUSED "the old directory $real can't be put aside"
    [ "$way" = REWIND ] || place_links "$old" ||
      refuse HOST_REFUSED "what $made has elsewhere can't get its place: $there"
    mv "$made" "$real" && sync "$parent" || refuse HOST_REFUSED "$made can't be renamed to $real"
  fi
  if [ ! -e "$job/placed" ]; then
    [ "$way" = REWIND ] || verify_placed
    put "$job/placed" "placed
" || refuse NO_ROOM "$job/placed can't be written"
  fi
  rm -f "$job/passwords"
  old=''
  [ ! -s "$job/old" ] || read -r old <"$job/old" || :
  if [ -n "$old" ] && [ "$5" = no ]; then
    remove_directory "$old" && rm -f "$job/old" || refuse HOST_REFUSED "the old directory $old can't be removed"
  fi
  [ -d "$old" ] || old=''
  report old "$old"
}

# Ends what runs of a job, and waits until nothing of it lives.
end_job() {
  for signal in TERM KILL; do
    tries=0
    while job_runs "$job" && [ "$tries" -lt 100 ]; do
      pid=''
      { read -r pid <"$job/pid" || :; } 2>/dev/null
      if [ -n "$pid" ] && [ $((tries % 20)) -eq 0 ]; then
        [ "$signal" = TERM ] || pid=-$pid
        kill -"$signal" "$pid" 2>/dev/null
      fi
      sleep 0.1
      tries=$((tries + 1))
    done
  done
  ! job_runs "$job"
}

# Nothing of a base backup that is taken back stays, its marker, its passwords and the configuration that it kept
# neither: the directory that has it was not touched.
revert_copying() { # data directory, program directory, run
  of_job "$1" "$2" BASE_BACKUP "$3"
  if is_placed; then
    report placed yes
    return 0
  fi
  end_job || refuse OUTCOME_UNKNOWN "the copy of $job does not end"
  put_old_back || refuse HOST_REFUSED "what the new copy of $real replaced can't get its place back"
  clear_new && rm -rf "$job" && { [ ! -d "$jobs" ] || sync "$jobs"; } ||
    refuse HOST_REFUSED "the new copy of $real can't be taken back"
  forget_ended_jobs
  report placed no
}

# Says the old directories that runs of a resilver kept and that are there, oldest first. A setup keeps some too, under
# the same markers, and a person may: such directories have no mark, and no run removes them.
kept_by_runs() {
  for mark in "$jobs"/*/removable; do
    [ -e "$mark" ] && { read -r old <"${mark%/*}/old" || [ -n "$old" ]; } || continue
    case $old in
      "$real".mooring-old-*/*) ;;
      "$real".mooring-old-[0-9]*) [ ! -d "$old" ] || printf '%s\n' "$old" ;;
    esac
  done | sort
}

# Removes passwords and configurations that ended jobs left: the servers that were to get them have their own by then.
# While a directory that a rewind left has no name it may still need its own.
forget_ended_jobs() {
  for ended_job in "$jobs"/*; do
    [ ! -e "$ended_job/passwords" ] || job_runs "$ended_job" || rm -f "$ended_job/passwords"
  done
  [ ! -d "$rewinding" ] || return 0
  for configuration in "$cluster_dir/$subject.configuration"/*; do
    [ -d "$configuration" ] || continue
    of_run=${configuration##*/}
    ! job_runs "$jobs/$of_run-REWIND" && ! job_runs "$jobs/$of_run-BASE_BACKUP" || continue
    rm -rf "$configuration"
  done
}

# Lists the ones to remove: all but what this run kept, else all but the newest by name, which the host's clock gave it.
outdated_by_now() {
  newest=''
  [ ! -s "$job/old" ] || read -r newest <"$job/old" || :
  if kept_by_runs | grep -qxF -e "$newest"; then
    kept_by_runs | grep -vxF -e "$newest"
  else
    kept_by_runs | sed '$d'
  fi
}

# Marks what this run kept, and removes what runs kept but the newest.
ensure_old_removed() { # data directory, program directory, run
  of_job "$1" "$2" BASE_BACKUP "$3"
  remove_directory '' || refuse HOST_REFUSED "$gone can't be removed"
  [ ! -s "$job/old" ] || put "$job/removable" "removable
" || refuse NO_ROOM "$job/removable can't be written"
  forget_ended_jobs
  frame removed
  outdated_by_now | while read -r old; do
    remove_directory "$old" || refuse HOST_REFUSED "$old can't be removed"
    printf '%s\n' "$old"
  done
}
