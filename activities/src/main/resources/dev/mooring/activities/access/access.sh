# Mooring's lines of pg_hba.conf, between two markers.

# Sets hba to the file that the server reads, block to Mooring's lines of it.
of_access() { # data directory, program directory, cluster
  of_instance "$1" "$2"
  ask hba_file || refuse STATE_UNREADABLE "postgres -C: $(cat "$work/$subject.setting")"
  hba=$(readlink -f "$value") && [ -f "$hba" ] && [ -r "$hba" ] ||
    refuse STATE_UNREADABLE "$value can't be read"
  opens="# mooring $3 begin"
  closes="# mooring $3 end"
  markers=$(grep -aFx -e "$opens" -e "$closes" "$hba")
  case $markers in
    '' | "$opens
$closes") ;;
    *) refuse HOST_REFUSED "$hba must have '$opens' and '$closes' once each, in this order, or neither" ;;
  esac
  block=$(awk -v opens="$opens" -v closes="$closes" \
    '$0 == closes { inside = 0 } inside { print } $0 == opens { inside = 1 }' "$hba")
  report file "$hba"
}

observe_access() { # data directory, program directory, cluster
  of_access "$@"
  report block "$block"
}

ensure_access() { # data directory, program directory, cluster, lines
  set_access refuse_unless_loaded "$@"
}

# What a person wrote, or took out, since the lines were put in hinders no undo.
revert_access() { # data directory, program directory, cluster, lines
  set_access : "$@"
}

set_access() { # what may refuse the new file, then data directory, program directory, cluster, lines
  tries=$1
  shift
  of_access "$@"
  if [ "$block" = "$4" ]; then
    report changed no
  else
    # a copy first: it has the file's mode and owner
    cp -p "$hba" "$hba.mooring" && with_block "$4" >"$hba.mooring" ||
      refuse HOST_REFUSED "$hba.mooring can't be written"
    "$tries"
    sync "$hba.mooring" && mv -fT "$hba.mooring" "$hba" && sync "${hba%/*}" ||
      refuse HOST_REFUSED "$hba can't be replaced"
    report changed yes
  fi
  # also if nothing had to be written: an attempt before may have written it and ended there
  process_state "$data"
  [ "$state" != RUNNING ] || kill -HUP "$pid" ||
    refuse OUTCOME_UNKNOWN "the postmaster $pid of $data can't be signalled to reload"
}

# Before it replaces the file, and if that alone would be loaded: a person's error is not of Mooring's lines.
refuse_unless_loaded() {
  refuses_access "$hba.mooring" || return 0
  why=$said
  ! refuses_access "$hba" || return 0
  rm -f "$hba.mooring"
  refuse HOST_REFUSED "the server would not load $hba with Mooring's lines: $why"
}

with_block() { # lines
  if [ -n "$1" ]; then
    printf '%s\n%s\n%s\n' "$opens" "$1" "$closes"
  fi
  awk -v opens="$opens" -v closes="$closes" \
    '$0 == opens { inside = 1 } !inside { print } $0 == closes { inside = 0 }' "$hba"
}
