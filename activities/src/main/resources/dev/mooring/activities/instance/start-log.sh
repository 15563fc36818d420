# The log of one start: what the server wrote before its collector took over, and beside it the directory that the
# collector was given for this start alone.

start_log() { # log, most bytes of its end
  cat "$1" "$1s"/* 2>/dev/null | tail -c "$2"
}

# True once the new server said a word.
spoke() { # log
  [ -s "$1" ] || { [ -d "$1s" ] && [ -n "$(find "$1s" -type f -size +0 2>/dev/null)" ]; }
}
