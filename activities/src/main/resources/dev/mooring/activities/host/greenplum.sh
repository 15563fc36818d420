# What an instance of a Greenplum needs beside what every PostgreSQL does.

# Calls a function for such an instance.
of_greenplum() { # GPHOME, content, dbid, function, its arguments
  gp_home=$1 gp_content=$2 gp_dbid=$3
  shift 3
  "$@"
}

# Takes over what the fork's own script sets for its programs. It is written for bash, and in another shell finds the
# wrong GPHOME or none; a Greenplum needs bash anyway.
greenplum_environment() {
  for environment in greenplum_path.sh cloudberry-env.sh ''; do
    [ -n "$environment" ] || refuse HOST_PROGRAM_MISSING \
      "neither greenplum_path.sh nor cloudberry-env.sh is in $gp_home"
    [ ! -r "$gp_home/$environment" ] || break
  done
  exported=$(bash --posix -c '. "$1" >&2 && [ -n "${GPHOME-}" ] && export -p' bash "$gp_home/$environment" \
    2>"$work/$subject.environment") ||
    refuse HOST_PROGRAM_MISSING "$gp_home/$environment sets no GPHOME: $(cat "$work/$subject.environment")"
  eval "$exported"
  LC_ALL=C
}
