# When fences were rehearsed last on a host: a file for each instance, beside the authority files.

observe_rehearsed() {
  kept=$cluster_dir/$subject.rehearsed
  if [ -e "$kept" ] || [ -L "$kept" ]; then
    text=$(cat "$kept" 2>/dev/null) || refuse STATE_UNREADABLE "$kept can't be read"
    report rehearsed "$text"
  else
    report never ''
  fi
}
