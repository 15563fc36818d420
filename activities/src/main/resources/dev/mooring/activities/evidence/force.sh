# Lets files and directories reach the disk before anybody is told that they are there.
force() { # paths
  sync "$@" || end_refused EVIDENCE_UNREADABLE "can't force $* to disk"
}
