# shellcheck shell=sh
# What every launcher here shares: how it speaks, where it keeps things, how it compares versions.

# The administrator's directories count: a user's PATH often lacks them.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# Progress goes to file descriptor 3: standard output, or standard error when standard output is to be evaluated.
say() {
  printf '%s\n' "$*" >&3
}

# fail FACT [HINT]: ends the launcher with what is wrong and what to do by hand.
fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  if [ $# -gt 1 ]; then
    printf 'HINT: %s\n' "$2" >&2
  fi
  exit 1
}

# usage TEXT: ends the launcher because its arguments make no sense.
usage() {
  printf '%s\n' "$1" >&2
  exit 2
}

# found ITEM VERSION PLACE [HOW]: one line of the report.
found() {
  say "$(printf '%-11s %-9s %s (%s)' "$1" "$2" "$3" "${4:-found}")"
}

# quote VALUE: the value as one word of a shell.
quote() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# print_export NAME VALUE: the line that gives a shell this variable.
print_export() {
  printf 'export %s=%s\n' "$1" "$(quote "$2")"
}

# at_least HAVE WANT: true when version HAVE is WANT or newer.
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# is_built: true when all that runs was packaged since the last change of a source; this module's jar is the last of it.
is_built() {
  set -- "$root"/temporal-dev/target/mooring-temporal-dev-*.jar
  [ -f "$1" ] && [ -z "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -newer "$1" | head -n 1)" ]
}

# build: packages all that runs, without its tests, when a source is newer. A jar that nothing changed is not written
# anew by Maven; it counts as of now.
build() {
  is_built && return
  mvn -q -B -ntp -Dstyle.color=never -f "$root/pom.xml" -Pfast -DskipTests package </dev/null || return
  touch "$root"/temporal-dev/target/mooring-temporal-dev-*.jar
}

# home_directory: HOME, or the account's own where a service started us without it.
home_directory() {
  if [ -n "${HOME:-}" ]; then
    printf '%s\n' "$HOME"
  else
    getent passwd "$(id -u)" | cut -d: -f6
  fi
}

# cache_directory: programs fetched or built here, by version; may be removed at any time.
cache_directory() {
  printf '%s/mooring\n' "${XDG_CACHE_HOME:-$(home_directory)/.cache}"
}

# state_directory: what runs here, by name; never inside the work tree.
state_directory() {
  printf '%s/mooring\n' "${XDG_STATE_HOME:-$(home_directory)/.local/state}"
}
