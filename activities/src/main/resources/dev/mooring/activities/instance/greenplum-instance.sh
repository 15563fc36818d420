# The surroundings an instance of a Greenplum is acted on in, and whether it is the one that is meant.

as_greenplum() {
  greenplum_environment
  if [ "$gp_content" = -1 ]; then
    COORDINATOR_DATA_DIRECTORY=$data MASTER_DATA_DIRECTORY=$data
    export COORDINATOR_DATA_DIRECTORY MASTER_DATA_DIRECTORY
  fi
  same_number gp_dbid dbid "$gp_dbid"
  same_number gp_contentid content "$gp_content"
}

# A copy that keeps its primary's dbid finds, once opened, production's catalogue to be its own, and writes there.
same_number() { # setting, what the cluster file calls it, what it says there
  ask "$1" || refuse STATE_UNREADABLE "postgres -C $1: $(cat "$work/$subject.setting")"
  [ "$value" = "$3" ] || refuse DBID_DIFFERS "$data is set up with $1 '$value', the cluster file says $2 $3"
}
