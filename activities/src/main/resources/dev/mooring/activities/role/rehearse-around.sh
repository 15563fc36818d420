# What stands around an instance on its host and can't be tried there: it is looked at, and no more is said.

# A unit is of one data directory: what stands before it is read, and nothing is started.
note_unit() {
  if ! command -v systemctl >/dev/null; then
    show UNIT NOT_REHEARSED "a unit of it: there is no systemctl on this host that would tell of one"
    return 0
  fi
  if ! systemd_runs; then
    show UNIT NOT_REHEARSED "a unit of it: systemd does not run this host, and systemctl tells of none"
    return 0
  fi
  find_unit
  if [ -z "$unit" ]; then
    show UNIT NOT_REHEARSED "a unit of it: none was found, its server runs in none now"
    return 0
  fi
  before_unit
  show UNIT NOT_REHEARSED "$unit, which is of its own data directory alone; by systemctl it $asks"
}

systemd_runs() {
  [ -d /run/systemd/system ]
}

# The unit that started the server which runs, else Debian's of that name.
find_unit() {
  unit=''
  if postmaster "$stands_for"; then
    unit=$(sed -n 's|.*/\([^/]*\.service\).*|\1|p' "/proc/$pid/cgroup" 2>/dev/null | tail -n 1)
    [ -z "$unit" ] || [ "$(of_unit MainPID)" = "$pid" ] || unit=''
  fi
  [ -z "$unit" ] && [ -n "$unit_of_debian" ] || return 0
  unit=$unit_of_debian
  [ "$(of_unit LoadState)" = loaded ] || unit=''
}

of_unit() { # property
  bounded systemctl show -p "$1" "$unit" 2>/dev/null 8>&- | sed "s/^$1=//"
}

# Sets asks to whether it asks the guard, with this instance's words, before it starts.
before_unit() {
  asks='asks no guard in ExecStartPre= or ExecCondition='
  for before in ExecStartPre ExecCondition; do
    line=$(of_unit "$before" | sed -n '/mooring-guard/{s/ --this-boot=[0-9]* / --this-boot /;p;q;}')
    [ -n "$line" ] || continue
    case $line in
      *'ignore_errors=yes'*) asks="has the guard in its $before=, and goes on whatever that says" ;;
      *"mooring-guard $named_as $real_authority $me ;"* | *"mooring-guard $stands_for $real_authority $me ;"*)
        asks="has the guard in its $before="
        return 0 ;;
      *"mooring-guard --this-boot $named_as $real_authority $me ;"* | \
        *"mooring-guard --this-boot $stands_for $real_authority $me ;"*)
        asks="has the guard in its $before=, with --this-boot"
        return 0 ;;
      *) asks="has a guard in its $before= that is not asked about this instance: $line" ;;
    esac
  done
}

# This host is on: a check that does not say so now would not say when it is off.
note_power() { # what the check says, in which words
  case $1 in
    '') ;;
    ON) show POWER SHOWN "the check of the fence command says that this host is on: $2" ;;
    OFF) show POWER FAILED "the check of the fence command says that this host is off, and it is not: $2" ;;
    *) show POWER FAILED "the check of the fence command does not tell whether this host is on: $2" ;;
  esac
}

# What is powered off says nothing on its disks: what starts its server at boot must ask the guard with --this-boot. That
# is its unit, where one was found, else every launcher.
note_after_power_off() {
  case $unit/$asks in
    /*)
      unasked=$not_asked_so
      for launcher in $launchers; do
        case " $guarded " in
          *" $launcher "*) ;;
          *) unasked="$unasked $launcher" ;;
        esac
      done
      if systemd_runs; then
        show AFTER_REBOOT NOT_REHEARSED "systemd runs this host, and which unit starts this server at boot was not found"
      elif [ -z "$guarded$unasked" ]; then
        show AFTER_REBOOT NOT_REHEARSED "no launcher was found"
      elif [ -n "$unasked" ]; then
        show AFTER_REBOOT NOT_REHEARSED "starts it without a guard that was asked with --this-boot:$unasked"
      else
        show AFTER_REBOOT SHOWN "asks the guard with --this-boot:$guarded"
      fi
      ;;
    *', with --this-boot') show AFTER_REBOOT SHOWN "$unit $asks" ;;
    *) show AFTER_REBOOT NOT_REHEARSED "$unit $asks" ;;
  esac
}
