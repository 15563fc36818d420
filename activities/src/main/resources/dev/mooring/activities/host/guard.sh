# The start guard on a host.

# The guard says why a start is refused. Every act but the ones that clients wait for brings it up to date.
install_guard() { # path, text
  [ ! -x "$1" ] || ! printf '%s' "$2" | cmp -s - "$1" || return 0
  { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; } && put "$1" "$2" && chmod 755 "$1" ||
    end_refused HOST_REFUSED "the start guard $1 can't be written"
}
