#!/bin/sh
# PostgreSQL's, with the field that a Greenplum's has besides.
# shellcheck source=surroundings.sh
. "${0%/*}/../libexec/surroundings.sh"
[ "${1-}" != --version ] || exec @programs@/pg_controldata --version
said=$(@programs@/pg_controldata "$@") || exit
printf '%s\n' "$said" | sed "/^Latest checkpoint's NextOID:/a\\
Latest checkpoint's NextRelfilenode:  16384"
