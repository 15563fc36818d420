# That commits of a primary may have waited for no standby, as a host records it. A failover reads it on the hosts of
# standbys, if the primary and its host are silent.

# Arguments: what acts_on is given, the primary, the timeline that it writes. On disk when it returns.
record_relaxation() {
  acts_on "$@"
  claimed
  relaxed_at=$cluster_dir/$9.relaxed
  if [ -e "$relaxed_at" ]; then changed=no; else changed=yes; fi
  put "$relaxed_at" "${10} $my_epoch
" || refuse HOST_REFUSED "$relaxed_at can't be written"
  report changed "$changed"
}

# Arguments: the same.
clear_relaxation() {
  acts_on "$@"
  claimed
  relaxed_at=$cluster_dir/$9.relaxed
  if [ -e "$relaxed_at" ]; then changed=yes; else changed=no; fi
  rm -f "$relaxed_at" && sync "$cluster_dir" || refuse HOST_REFUSED "$relaxed_at can't be removed"
  report changed "$changed"
}
