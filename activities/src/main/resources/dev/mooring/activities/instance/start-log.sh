# The log of one start: what the server wrote before its collector took over, and beside it the directory that the
# collector was given for this start alone.

start_log() { # log, most bytes of its end
  if [ -d "$1s" ]; then
    cat "$1" "$1s"/* 2>/dev/null | tail -c "$2"
  else
    tail -c "$2" "$1" 2>/dev/null
  fi
}

# True once the new server said a word.
spoke() { # log
  [ -s "$1" ] || { [ -d "$1s" ] && [ -n "$(find "$1s" -type f -size +0 2>/dev/null)" ]; }
}

# True once recovery said, after it stopped at its target, that it pauses there, and the server that it
# serves reads. Version 13 says "read only" with a blank; until version 12 "recovery has paused".
paused_in() { # log
  sed -n '/recovery stopping /,$p' "$1" 2>/dev/null |
    grep -q -e 'LOG:  pausing at the end of recovery' -e 'LOG:  recovery has paused' &&
    grep -q 'LOG:  database system is ready to accept read[- ]only connections' "$1"
}
