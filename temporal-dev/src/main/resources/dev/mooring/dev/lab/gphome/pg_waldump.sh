#!/bin/sh
# PostgreSQL's, by the name that a Greenplum's gives itself. Records of transactions are shown in a
# Greenplum's words; its DISTRIBUTED_COMMIT is made of the message that log_commit wrote.
# shellcheck source=surroundings.sh
. "${0%/*}/../libexec/surroundings.sh"
if [ "${1-}" = --version ]; then
  @programs@/pg_waldump --version | sed 's/(PostgreSQL)/(Greenplum Database)/'
  exit
fi
case " $* " in
  *' -r Transaction '*) ;;
  *) exec @programs@/pg_waldump "$@" ;;
esac
transactions=$(@programs@/pg_waldump "$@") || exit
for word; do
  shift
  [ "$word" != Transaction ] || word=LogicalMessage
  set -- "$@" "$word"
done
messages=$(@programs@/pg_waldump "$@") || exit
printf '%s\n' "$transactions" |
  sed -E 's/desc: PREPARE gid ([^ ]+): ([^;]*)/desc: PREPARE at = \2; gid = \1/'
printf '%s\n' "$messages" | sed -n -E \
  's/^rmgr: LogicalMessage (.*), desc: MESSAGE .*, prefix "distributed_commit ([^"]*-0*([0-9]+))".*/rmgr: Transaction \1, desc: DISTRIBUTED_COMMIT distributed commit 2000-01-01 00:00:00 UTC gid = \2, gxid = \3/p'
