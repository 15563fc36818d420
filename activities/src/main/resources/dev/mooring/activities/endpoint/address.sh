# An address that the primary's host holds: ip gives and takes it, arping announces it to the neighbours.

of_address() { # address with its prefix length, device
  address=$1
  device=$2
  bare=${1%/*}
  case $bare in
    *:*) end_refused BAD_INPUT "address $1 must be of IPv4: arping announces it to neighbours and supports no other" ;;
  esac
  command -v ip >/dev/null || end_refused HOST_PROGRAM_MISSING "no ip (package iproute2): it adds and removes $1"
}

# Of iputils or busybox, which are called alike; that of Thomas Habets is called otherwise.
find_arping() {
  arping=arping
  if ! command -v arping >/dev/null || arping --help 2>&1 | grep -q Habets; then
    arping='busybox arping'
    command -v busybox >/dev/null && busybox arping --help >/dev/null 2>&1 ||
      refuse HOST_PROGRAM_MISSING "no arping of iputils or busybox: neighbours would go on with the old host for minutes"
  fi
}

holds() {
  ip -o -4 addr show dev "$device" >"$work/$subject.held" 2>"$work/$subject.said" ||
    refuse HOST_REFUSED "$(cat "$work/$subject.said")"
  grep -qF " inet $address " "$work/$subject.held"
}

# As root, as an account with the capabilities for it, or by sudo without a password.
may() { # program, arguments
  "$@" 2>"$work/$subject.said" ||
    { [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null && sudo -n "$@" 2>>"$work/$subject.said"; } ||
    refuse HOST_REFUSED "$* as $(id -un): $(tr '\n' ' ' <"$work/$subject.said")"
}

observe_address() {
  find_arping
  if holds; then
    report holds yes
  else
    report holds no
  fi
}

# Sets begun to the hundredth of a second of its host's uptime at which a process began; fails if it runs no more.
of_process() { # pid
  begun=''
  { read -r begun <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086
  set -- ${begun##*) }
  begun=${20}
  [ "$1" != Z ]
}

# With hidepid of /proc an account that is not root sees no process of root.
hides_processes() {
  [ ! -r /proc/1/stat ]
}

# Ends what announces this host to neighbours: not an address that it has no more. One that runs by sudo can't be
# signalled, and is waited for: it ends by itself within three seconds. So they are waited for where it can't be seen, or
# where a file of an older build has no time.
end_teller() {
  { read -r teller since <"$cluster_dir/arping.pid"; } 2>/dev/null || return 0
  ends_in 5
  while of_process "$teller" && [ "$begun" = "$since" ] && in_time; do
    kill "$teller" 2>/dev/null || :
    sleep 0.1
  done
  if [ -z "$since" ] || hides_processes; then
    hundredths
    since=${since:-$now}
    while [ "$now" -ge "$since" ] && [ "$now" -lt $((since + 300)) ] && in_time; do
      sleep 0.1
    done
  fi
  rm -f "$cluster_dir/arping.pid"
}

ensure_not_held() {
  end_teller
  if holds; then
    may ip addr del "$address" dev "$device"
    ! holds || refuse HOST_REFUSED "$device still holds $address"
  fi
}

# Of hosts that give no answer: the holder of an address answers for it, also without its sshd. No neighbour learns of
# an address that is asked for so.
answered() {
  as=''
  [ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || as='sudo -n'
  # shellcheck disable=SC2086
  timeout 5 $as $arping -D -c 3 -w 3 -I "$device" "$bare" </dev/null >"$work/$subject.asked" 2>&1
  asked=$?
  said=$(tr '\n' ' ' <"$work/$subject.asked")
  case $said in
    *'Received 0 resp'*) [ "$asked" -ne 0 ] || return 1 ;;
    *'Received '*) return 0 ;;
  esac
  refuse HOST_REFUSED "$as $arping -D as $(id -un), exit status $asked: $said"
}

# Announced three times, a second apart: a machine that misses the first hears the next. A refusal is heard at once.
ensure_held() { # hosts that can't be asked whether they hold it
  find_arping
  if [ -n "$1" ] && answered; then
    holds ||
      refuse HOST_UNREACHABLE "$address was not given to this host: $1 can't be asked, and a machine answers for it: $said"
    report answered "$said"
  fi
  holds || may ip addr add "$address" dev "$device"
  holds || refuse HOST_REFUSED "$device does not hold $address"
  log=$cluster_dir/arping.log
  as=''
  [ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || as='sudo -n'
  : >"$log"
  # shellcheck disable=SC2086
  setsid $as $arping -U -c 3 -I "$device" "$bare" </dev/null >"$log" 2>&1 3>&- 4>&- 9>&- &
  teller=$!
  hundredths
  of_process "$teller" || begun=$now
  printf '%s %s\n' "$teller" "$begun" >"$cluster_dir/arping.pid"
  for pause in 0.02 0.04 0.08 0.16; do
    sleep "$pause"
    of_process "$teller" || hides_processes || break
  done
  ! grep -qiE 'permitted|not arpable|no such|denied|not found|password' "$log" ||
    refuse HOST_REFUSED "$as $arping as $(id -un): $(tr '\n' ' ' <"$log")"
}
