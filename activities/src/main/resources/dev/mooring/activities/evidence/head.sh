# The newest receipt that this host recorded: number, digest and when, in one line. Who may delete in the evidence
# store can't change it here.

report_head() {
  head=''
  [ ! -e "$cluster_dir/evidence.head" ] || head=$(head -c 200 "$cluster_dir/evidence.head" | grep .) || head=unreadable
  report evidence_head "$head"
}

# Reports the head that is there, and puts another in its place if it is the one that may be replaced, or none.
record_head() { # number, digest; number and digest of the one that may be replaced
  mkdir -p "$cluster_dir" && : >>"$cluster_dir/evidence.lock" || return 1
  exec 8>>"$cluster_dir/evidence.lock"
  flock -w 1 8 || end_refused OUTCOME_UNKNOWN "another run still holds $cluster_dir/evidence.lock"
  report_head
  case $head in
    '' | "$3 $4 "*) ;;
    *) return 0 ;;
  esac
  new=$cluster_dir/evidence.head.new
  printf '%s %s %s\n' "$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$new" && sync "$new" &&
    mv -fT "$new" "$cluster_dir/evidence.head"
}
