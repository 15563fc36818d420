#!/bin/sh
# PostgreSQL's, by the name that a Greenplum's gives itself.
# shellcheck source=surroundings.sh
. "${0%/*}/../libexec/surroundings.sh"
[ "${1-}" = --version ] || exec @programs@/pg_waldump "$@"
@programs@/pg_waldump --version | sed 's/(PostgreSQL)/(Greenplum Database)/'
