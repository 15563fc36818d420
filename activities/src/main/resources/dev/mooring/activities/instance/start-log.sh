# The log of one start: a file of this start alone, to which its server writes all it says.

# The end of it.
start_log() { # log, most bytes
  tail -c "$2" "$1" 2>/dev/null
}

# Says it, or that it can't be had: nothing is known of this start then.
say_start_log() { # log
  frame log
  start_log "$1" 4194304 && return 0
  report failure "STATE_UNREADABLE the log of this start, $1, can't be read: it was lost, or this start was never made"
  return 1
}

# True once the new server said a word.
spoke() { # log
  [ -s "$1" ]
}

# True once recovery said, after it stopped at its target, that it pauses there, and the server that it
# serves reads. Version 13 says "read only" with a blank; until version 12 "recovery has paused".
paused_in() { # log
  sed -n '/recovery stopping /,$p' "$1" 2>/dev/null |
    grep -q -e 'LOG:  pausing at the end of recovery' -e 'LOG:  recovery has paused' &&
    grep -q 'LOG:  database system is ready to accept read[- ]only connections' "$1"
}
