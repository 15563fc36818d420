# The start guard on a host.

# The guard says why a start is refused. Every act but the ones that clients wait for brings it up to date.
install_guard() { # path, text
  [ ! -x "$1" ] || ! printf '%s' "$2" | cmp -s - "$1" || return 0
  { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; } && put "$1" "$2" && chmod 755 "$1" ||
    end_refused HOST_REFUSED "the start guard $1 can't be written"
}

# Sets boot to that of this host, or to nothing.
of_boot() {
  { IFS= read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || boot=''
}

# True if a guard wrote that in the last 10 s, which it does each second for as long as it waits.
guard_waits() { # boot
  [ -f "$authority.asked" ] && [ "$(cat "$authority.asked" 2>/dev/null)" = "$1" ] &&
    asked_at=$(stat -c %Y "$authority.asked" 2>/dev/null) || return 1
  age=$(($(date +%s) - asked_at))
  [ "$age" -lt 10 ] && [ "$age" -ge -10 ]
}
