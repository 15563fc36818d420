#!/bin/sh
# Archives one WAL file: $1 the file, $2 its name in the archive. It appears there whole or not at
# all, and a file that is there with different content is never replaced.
set -eu
if [ -e "$2" ]; then
  cmp -s "$1" "$2" && exit 0
  echo "archive-wal: $2 is there with different content" >&2
  exit 1
fi
part=$2.part.$$
trap 'rm -f "$part"' EXIT
cp "$1" "$part"
ln "$part" "$2"
