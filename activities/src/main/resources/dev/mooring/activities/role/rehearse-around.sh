# What stands around an instance on its host: the unit that starts its server, and its power.

# A unit is of one data directory, and nothing of it is started. What it runs before a start is read; if that is the
# guard, it is run by the unit's own words, with the directory and the authority file of the scratch instance in them.
rehearse_unit() {
  if ! command -v systemctl >/dev/null; then
    show UNIT NOT_REHEARSED "a unit of it: this host has no systemctl to show one"
    return 0
  fi
  if ! systemd_runs; then
    show UNIT NOT_REHEARSED "a unit of it: systemd does not run this host, and systemctl shows none"
    return 0
  fi
  find_unit
  if [ -z "$unit" ]; then
    show UNIT NOT_REHEARSED "a unit of it: none was found, its server runs in none now"
  else
    if before_unit; then
      ask_start_check
    else
      show UNIT NOT_REHEARSED "$unit $asks"
    fi
    look_at_lines_of_root
  fi
}

# Every line that names a guard, also one that is not asked about this instance. systemd before 244 shows no flags.
look_at_lines_of_root() {
  for before in ExecStartPre ExecCondition; do
    lines=$(of_unit "${before}Ex")
    while IFS= read -r line; do
      look_at_line_of_root
    done <<LINES
$(printf '%s\n' "${lines:-$(of_unit "$before")}" | sed -n '/mooring-guard/p')
LINES
  done
}

look_at_line_of_root() { # { path=PROGRAM ; argv[]=WORDS ; flags=FLAGS ; ... }
  path=${line#'{ path='}
  argv=${line#*' ; argv[]='}
  argv=${argv%' ; flags='*}
  argv=${argv%' ; ignore_errors='*}
  flags=''
  case $line in
    *' ; flags='*) flags=${line##*' ; flags='} ;;
  esac
  account=$(of_unit User)
  case ${account:-root}/${flags%%' ; '*} in
    root/* | 0/*) mended="/usr/sbin/runuser -u $(id -un) -- $argv" ;;
    */*privileged* | */*no-setuid*) mended="$argv, without + and !," ;;
    *) return 0 ;;
  esac
  for program in $(printf '%s\n' "${path%%' ; '*} $argv" |
    sed 's/runuser -u root -- //g; s/runuser -u [^ ]* -- [^ ]*mooring-guard//g' |
    tr -s ' ;&|()<>="'\' '\n' | sed -n '/^\/.*mooring-guard$/p'); do
    if others_can_write "$program"; then
      show UNIT NOT_REHEARSED "$before=$mended must be in $unit: root runs it, and $other can write $at"
      return 0
    fi
  done
}

# Its refusals are the ones of a unit, which does not start then; what ends with 0 lets it start.
ask_start_check() {
  guard=$start_check guard_wrong=''
  fence_before_stop
  ask_guard 1 'it was fenced in epoch 1' "$option"
  unfence
  now_named another
  ask_guard 1 'another may, not it' "$option"
  now_named "$me"
  ask_guard 0 '' "$option"
  if [ -n "$option" ]; then
    named_in_another_boot
    ask_guard 1 'names it since before this host started' "$option"
  fi
  if [ -n "$guard_wrong" ]; then
    asks="$asks, which fails"
    show UNIT FAILED "$unit $asks:$guard_wrong"
  else
    asked_by_unit=${option:-yes}
    show UNIT SHOWN "$unit $asks, which refuses a fenced server and a server that is not named, and no other"
  fi
}

# Sets at to what leads to a program, over each link, and other to who can replace it there: all of it must be root's,
# and no other's. A sticky directory protects what root has in it.
others_can_write() { # path
  links=0
  while [ $# -gt 0 ]; do
    at=$1
    shift
    while :; do
      read -r mode owner other <<STAT
$(stat -c '%a %u %U' "$at")
STAT
      other=${other:-another account}
      [ "$owner" = 0 ] && [ "$links" -lt 40 ] || return 0
      other='another account'
      if [ -L "$at" ]; then
        links=$((links + 1))
        target=$(readlink "$at")
        case $target in
          /*) set -- "$@" "$target" ;;
          *) set -- "$@" "${at%/*}/$target" ;;
        esac
      elif [ ! -d "$at" ] || [ ! -k "$at" ]; then
        case $mode in
          *[2367]? | *[2367]) return 0 ;;
        esac
      fi
      [ "$at" != / ] || break
      at=${at%/*}
      at=${at:-/}
    done
  done
  return 1
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

# Sets start_check and option to the guard that it runs before a start, and asks to words for it. False if there is none
# whose refusal counts and that can be run here: asks says why.
before_unit() {
  asks='asks no guard in ExecStartPre= or ExecCondition='
  for before in ExecStartPre ExecCondition; do
    while IFS= read -r line; do
      [ -n "$line" ] || continue
      ! { is_start_check "$line" && is_lasting; } || return 0
    done <<LINES
$(of_unit "$before" | sed -n '/mooring-guard/p')
LINES
  done
  return 1
}

# What systemd has read may be gone after a reboot, and the status that the guard refuses with may be one that it takes.
is_lasting() {
  case $(of_unit NeedDaemonReload)\ $(of_unit FragmentPath)\ $(of_unit DropInPaths)\  in
    yes\ *)
      asks="$asks, and its files are others now than systemd has read" ;;
    *\ /run/systemd/system/* | *\ /run/systemd/system.control/* | *\ /run/systemd/transient/*)
      asks="$asks, by files under /run, which are gone after a reboot" ;;
    *)
      case \ $(of_unit SuccessExitStatus)\  in
        *\ 1\ *) asks="$asks, and takes its refusal for a success (SuccessExitStatus)" ;;
        *) return 0 ;;
      esac ;;
  esac
  return 1
}

# Nothing but plain words is run, and of those nothing but the guard, asked about this instance.
is_start_check() { # { path=PROGRAM ; argv[]=WORDS ; ignore_errors=yes|no ; ... }
  start_check=${1#'{ path='}
  start_check=${start_check%%' ; '*}
  argv=${1#*' ; argv[]='}
  ignored=${argv#*' ; '}
  argv=${argv%%' ; '*}
  case $ignored in
    'ignore_errors=no ; '*) ;;
    'ignore_errors=yes ; '*)
      asks="has the guard in its $before= with -, and starts with any answer of it"
      return 1 ;;
    *)
      asks="has a guard in its $before=, not in plain words: $1"
      return 1 ;;
  esac
  case $argv in
    *[!A-Za-z0-9_./:@%+=,\ -]*)
      asks="has a guard in its $before=, not in plain words: $argv"
      return 1 ;;
  esac
  set -- $argv
  option='' run_as=''
  case $start_check/$#/${2-}/${4-} in
    /*/runuser/*/-u/--)
      run_as=$3 start_check=${5-}
      shift 4 ;;
  esac
  case ${2-} in
    --this-boot | --this-boot=[0-9]*)
      option=$2
      shift ;;
  esac
  about=another
  case $start_check/${2-} in
    /*/mooring-guard/"$named_as" | /*/mooring-guard/"$stands_for")
      [ $# -ne 4 ] || [ "$3 $4" != "$real_authority $me" ] || about=it ;;
  esac
  if [ "$about" != it ]; then
    asks="has a guard in its $before= that is not asked about this instance: $argv"
    return 1
  fi
  asks="has the guard in its $before=${option:+, with $option}"
  may_be_run_here
}

# Root reads everything that this account reads. Sets account to who runs it.
may_be_run_here() {
  account=$(of_unit User)
  case ${account:-root} in
    root | 0) account=${run_as:-root} ;;
    *)
      [ -z "$run_as" ] || {
        asks="$asks, by runuser, which only root may use, as $account"
        return 1
      } ;;
  esac
  case $account in
    root | "$(id -un)" | "$(id -u)") ;;
    *)
      asks="$asks, run by $account, which $(id -un) is not"
      return 1 ;;
  esac
  [ -x "$start_check" ] || {
    asks="$asks, which $(id -un) can't run: $start_check"
    return 1
  }
}

# This host is on: a check that does not say so now would not say when it is off.
note_power() { # what the check says, in which words
  case $1 in
    '') ;;
    ON) show POWER SHOWN "the check of the fence command says that this host is on: $2" ;;
    OFF) show POWER FAILED "the check of the fence command says that this host is off, and it is not: $2" ;;
    *) show POWER FAILED "the check of the fence command does not report whether this host is on: $2" ;;
  esac
}

# What is powered off says nothing on its disks: what starts its server at boot must ask the guard with --this-boot. That
# is its unit, if one was found, else every launcher.
note_after_power_off() {
  case $unit/$asked_by_unit in
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
    */--this-boot*) show AFTER_REBOOT SHOWN "$unit $asks" ;;
    *) show AFTER_REBOOT NOT_REHEARSED "$unit $asks" ;;
  esac
}
