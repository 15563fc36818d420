# What a Greenplum's data directory is set up as, also without its server or its programs.

# The last line of a setting counts, as for the server.
observe_dbid() { # data directory
  file=$1/internal.auto.conf
  [ -r "$file" ] || refuse STATE_UNREADABLE "$file is not there, or not readable"
  dbid=$(sed -n "s/^[[:space:]]*gp_dbid[[:space:]]*=\{0,1\}[[:space:]]*'\{0,1\}\([0-9]\{1,5\}\)'\{0,1\}[[:space:]]*\(#.*\)\{0,1\}\$/\1/p" \
    "$file" | tail -n 1)
  [ -n "$dbid" ] || refuse STATE_UNREADABLE "$file has no line gp_dbid"
  report dbid "$dbid"
}
