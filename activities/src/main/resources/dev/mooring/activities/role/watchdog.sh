# The watchdog of a member's Patroni, by the configuration that this was started with; what is left out there is as
# Patroni has it.

observe_watchdog() { # configuration of Patroni
  set -- "$(awk '/^[^[:space:]#]/ { inside = /^["'\'']?watchdog["'\'']?[[:space:]]*:/; sub(/^[^:]*:/, "") } inside' \
    "$1" | sed 's/#.*//' | tr '{},' '\n\n\n')"
  of_watchdog "$1" mode
  report watchdog_mode "${value:-automatic}"
  of_watchdog "$1" device
  value=${value:-/dev/watchdog}
  report watchdog_device "$value"
  if [ ! -e "$value" ]; then
    report watchdog_seen ABSENT
  elif [ -w "$value" ]; then
    report watchdog_seen WRITABLE
  else
    report watchdog_seen NOT_WRITABLE
  fi
}

of_watchdog() { # its section, a setting
  value=$(printf '%s\n' "$1" |
    sed -n "s/^[[:space:]]*[\"']\{0,1\}$2[\"']\{0,1\}:[[:space:]]*[\"']\{0,1\}\([^\"'[:space:]]*\).*/\1/p" | tail -n 1)
}
