# Lets files and directories reach the disk before they are reported as written.
force() { # paths
  sync "$@" || end_refused EVIDENCE_UNREADABLE "can't force $* to disk"
}
