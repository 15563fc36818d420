# The log of one start: a file of this start alone, to which its server writes all it says.

# The end of it.
start_log() { # log, most bytes
  tail -c "$2" "$1" 2>/dev/null
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
